using AudienceSync.Domain.Normalizing;
using AudienceSync.Sandbox;
using Microsoft.AspNetCore.Builder;

namespace AudienceSync.Connectors.Tests.TikTok;

internal sealed class TikTokWorld : SandboxWorld
{
    private const string Advertiser = "7000000000000000001";

    private TikTokWorld(WebApplication app, ManualTime clock)
        : base(app, clock) =>
        Destination = Destinations
            .Create(
                "tiktok",
                Section.Of(Advertiser, ("token", new Secret("token-1")), ("base_url", new Uri(Address, "open_api/"))),
                Dependencies()
            )
            .Destination!;

    public override PlatformTraits Traits { get; } =
        new(NamesRefusedRows: false, RefreshesTokens: false, HasJobs: false, LeastThrottleWait: TimeSpan.FromSeconds(1));

    public override IDestination Destination { get; }

    public override RemoteAudienceId Audience { get; } = new("1234");

    public override RemoteAudienceId OtherAudience { get; } = new("1235");

    private protected override IReadOnlyList<(string Key, PersonField Field)> Columns { get; } =
    [("EMAIL_SHA256", PersonField.Email), ("PHONE_SHA256", PersonField.Phone)];

    private protected override Normalizer Rules => TikTokNormalizer.All[0];

    public static async Task<TikTokWorld> StartAsync()
    {
        var (app, clock) = await StartAsync(
            new AccountSettings
            {
                Platform = "tiktok",
                Account = Advertiser,
                Token = "token-1",
                Audiences = ["1234", "1235"],
            }
        );
        return new TikTokWorld(app, clock);
    }

    private protected override string KindOf(Disturbance disturbance) =>
        disturbance == Disturbance.RefuseOneRow ? "partial" : base.KindOf(disturbance);
}
