using AudienceSync.Connectors.Sections;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Sandbox;
using Microsoft.AspNetCore.Builder;

namespace AudienceSync.Connectors.Tests.Webhook;

/// <summary>The sandbox's receiver with a format of its own: other methods, addresses, a token, and other names of the fields.</summary>
internal sealed class TemplatedWorld : SandboxWorld
{
    private const string Key = "a-key-of-24-characters-!";
    private const string People = """{"people":"{{members}}"}""";
    private const string Member =
        """{"mail":{"sha256":"{{person.email_sha256}}"},"tel":{"sha256":"{{person.phone_sha256}}"},"ref":"{{person.customer_id}}"}""";

    private TemplatedWorld(WebApplication app, ManualTime clock)
        : base(app, clock) =>
        Destination = Destinations
            .Create(
                "webhook",
                Section.Of("crm", ("base_url", new Uri(Address, "webhook/rest")), ("templates", Templates())),
                Dependencies()
            )
            .Destination!;

    public override PlatformTraits Traits { get; } =
        new(NamesRefusedRows: true, RefreshesTokens: false, HasJobs: false, LeastThrottleWait: TimeSpan.FromSeconds(1));

    public override IDestination Destination { get; }

    public override RemoteAudienceId Audience { get; } = new("5001");

    public override RemoteAudienceId OtherAudience { get; } = new("5002");

    private protected override IReadOnlyList<(string Key, PersonField Field)> Columns { get; } =
    [("email", PersonField.Email), ("phone", PersonField.Phone), ("external_id", PersonField.ExternalId)];

    private protected override Normalizer Rules => GoogleNormalizer.Version1;

    public static async Task<TemplatedWorld> StartAsync()
    {
        var (app, clock) = await StartAsync(
            new AccountSettings
            {
                Platform = "webhook",
                Account = "crm",
                Token = Key,
                Audiences = ["5001", "5002"],
            }
        );
        return new TemplatedWorld(app, clock);
    }

    private static SettingValue Templates() =>
        Parts(
            ("headers", Parts(("Authorization", SettingValue.Of(new SecretDocument("Bearer " + Key))))),
            ("add", Call("PUT")),
            ("remove", Call("DELETE")),
            ("check", Parts(("path", SettingValue.Of("/{{account}}/lists/{{audience}}"))))
        );

    private static SettingValue Call(string method) =>
        Parts(
            ("method", SettingValue.Of(method)),
            ("path", SettingValue.Of("/{{account}}/lists/{{audience}}/people")),
            ("body", SettingValue.Of(People)),
            ("member", SettingValue.Of(Member))
        );

    private static SettingValue Parts(params (string Name, SettingValue Value)[] parts) =>
        SettingValue.Of(parts.ToDictionary(part => part.Name, part => part.Value, StringComparer.Ordinal));
}
