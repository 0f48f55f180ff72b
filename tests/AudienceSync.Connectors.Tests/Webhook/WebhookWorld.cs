using AudienceSync.Domain.Normalizing;
using AudienceSync.Sandbox;
using Microsoft.AspNetCore.Builder;

namespace AudienceSync.Connectors.Tests.Webhook;

internal sealed class WebhookWorld : SandboxWorld
{
    private const string Key = "a-key-of-24-characters-!";

    private WebhookWorld(WebApplication app, ManualTime clock)
        : base(app, clock) =>
        Destination = Destinations
            .Create(
                "webhook",
                Section.Of("crm", ("base_url", new Uri(Address, "webhook")), ("app_secret", new Secret(Key))),
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

    public static async Task<WebhookWorld> StartAsync()
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
        return new WebhookWorld(app, clock);
    }
}
