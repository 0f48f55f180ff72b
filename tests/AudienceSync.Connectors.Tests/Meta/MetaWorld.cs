using AudienceSync.Domain.Normalizing;
using AudienceSync.Sandbox;
using Microsoft.AspNetCore.Builder;

namespace AudienceSync.Connectors.Tests.Meta;

internal sealed class MetaWorld : SandboxWorld
{
    private const string AudienceId = "238500000000001";
    private const string OtherId = "238500000000002";

    private MetaWorld(WebApplication app, ManualTime clock, string? appSecret)
        : base(app, clock) =>
        Destination = Destinations
            .Create(
                "meta",
                Section.Of(
                    "act_1001",
                    ("token", new Secret("token-1")),
                    ("base_url", Address),
                    ("api_version", "v25.0"),
                    ("app_secret", appSecret is null ? null : new Secret(appSecret))
                ),
                Dependencies()
            )
            .Destination!;

    public override PlatformTraits Traits { get; } =
        new(NamesRefusedRows: true, RefreshesTokens: false, HasJobs: false, LeastThrottleWait: TimeSpan.FromSeconds(60));

    public override IDestination Destination { get; }

    public override RemoteAudienceId Audience { get; } = new(AudienceId);

    public override RemoteAudienceId OtherAudience { get; } = new(OtherId);

    private protected override IReadOnlyList<(string Key, PersonField Field)> Columns { get; } =
    [
        ("EMAIL", PersonField.Email),
        ("PHONE", PersonField.Phone),
        ("LN", PersonField.LastName),
        ("FN", PersonField.FirstName),
        ("FI", PersonField.FirstInitial),
        ("CT", PersonField.City),
        ("ST", PersonField.State),
        ("ZIP", PersonField.PostalCode),
        ("COUNTRY", PersonField.Country),
        ("GEN", PersonField.Gender),
        ("DOBY", PersonField.BirthYear),
        ("DOBM", PersonField.BirthMonth),
        ("DOBD", PersonField.BirthDay),
        ("MADID", PersonField.DeviceId),
    ];

    private protected override Normalizer Rules => MetaNormalizer.Version1;

    public static async Task<MetaWorld> StartAsync(string? appSecret = null)
    {
        var (app, clock) = await StartAsync(
            new AccountSettings
            {
                Account = "act_1001",
                Token = "token-1",
                AppSecret = appSecret,
                Audiences = [AudienceId, OtherId],
            }
        );
        return new MetaWorld(app, clock, appSecret);
    }

    private protected override string KindOf(Disturbance disturbance) =>
        disturbance == Disturbance.FailInside ? "error_in_200" : base.KindOf(disturbance);
}
