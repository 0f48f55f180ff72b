using System.Text;
using System.Text.Json;
using AudienceSync.Shop.Destinations;
using AudienceSync.Shop.Journeys;

namespace AudienceSync.Shop.Running;

/// <summary>The configuration of the shop for the two programs.</summary>
internal static class StageFiles
{
    // Half an hour or more at the real Google; a run does not last that long.
    private const int GoogleJobSeconds = 2;

    private const string GoogleClient = "shop-client";

    /// <summary>The account of those who are on call, at Slack and at PagerDuty.</summary>
    public const string Operations = "ops";

    public static string EngineYaml(Uri sandbox)
    {
        var yaml = new StringBuilder(Sources(sandbox.ToString().TrimEnd('/')));
        foreach (var journey in JourneyList.All)
        {
            yaml.Append(
                $$"""
                      - name: {{journey.Audience}}
                        purpose: {{journey.Purpose}}
                        owner: retention@shop.example
                        definition: {{journey.Definition}}
                        versions: [ { version: 1, window_d: {{(int)journey.Window.TotalDays}} } ]

                """
            );
        }

        yaml.Append(Destinations(sandbox.ToString().TrimEnd('/')));
        foreach (var journey in JourneyList.All)
        {
            foreach (var destination in DestinationList.All)
            {
                yaml.Append(
                    $$"""
                          - { audience: {{journey.Audience}}, key: {{journey.Key}}, destination: {{destination.Name}}, remote: "{{destination.RemoteOf(
                        journey
                    )}}" }

                    """
                );
            }
        }

        return yaml.ToString();
    }

    /// <summary>The ad accounts in the format of the sandbox's admin interface.</summary>
    public static string SandboxAccounts(StageSecrets secrets) =>
        JsonSerializer.Serialize(
            new object[]
            {
                new
                {
                    account = DestinationList.Meta.Account,
                    token = secrets.MetaToken,
                    tier = "standard_access",
                    audiences = RemotesOf(DestinationList.Meta),
                },
                new
                {
                    platform = "google",
                    account = DestinationList.Google.Account,
                    token = secrets.GoogleRefreshToken,
                    audiences = RemotesOf(DestinationList.Google),
                    google = new
                    {
                        client_id = GoogleClient,
                        client_secret = secrets.GoogleClientSecret,
                        job_s = GoogleJobSeconds,
                    },
                },
                new
                {
                    platform = "tiktok",
                    account = DestinationList.TikTok.Account,
                    token = secrets.TikTokToken,
                    audiences = RemotesOf(DestinationList.TikTok),
                },
                new
                {
                    platform = "customerio",
                    account = secrets.CustomerIoSite,
                    token = secrets.CustomerIoKey,
                },
                new
                {
                    platform = "slack",
                    account = Operations,
                    token = secrets.SlackToken,
                },
                new
                {
                    platform = "pagerduty",
                    account = Operations,
                    token = secrets.PagerDutyKey,
                },
            }
        );

    private static IEnumerable<string> RemotesOf(Destination destination) => JourneyList.All.Select(destination.RemoteOf);

    private static string Sources(string sandbox) =>
        $$"""
            operator_token: { file: operator.token }
            workspaces:
              default:
                exposures: { link_key: { file: exposure-link.key } }
                alerts:
                  channels:
                    - { name: slack, kind: slack, url: { file: slack.url } }
                    - { name: pager, kind: pagerduty, routing_key: { file: pagerduty.key }, base_url: "{{sandbox}}/pagerduty" }
                sources:
                  - name: journeys
                    token: { file: journeys.token }
                    signature: required
                    signing_keys: [ { file: journeys.key } ]
                    default_country: US
                    decisions: { timeout_ms: 2000 }
                    feedback:
                      service: customerio
                      region: us
                      site_id: { file: customerio.site }
                      api_key: { file: customerio.key }
                      base_url: {{sandbox}}/customerio
                      events: true
                      attributes: true
                  - name: cio_reporting
                    kind: customerio_reporting
                    signing_keys: [ { file: reporting.key } ]
                audiences:

            """;

    // Google processes asynchronously and requires few and large calls: changes are batched longer there, and open jobs are polled as soon
    // as they may be done.
    private static string Destinations(string sandbox) =>
        $$"""
                destinations:
                  - name: {{DestinationList.Meta.Name}}
                    platform: meta
                    account: {{DestinationList.Meta.Account}}
                    base_url: {{sandbox}}
                    api_version: v27.0
                    token: { file: meta.token }
                  - name: {{DestinationList.Google.Name}}
                    platform: google
                    account: {{DestinationList.Google.Account}}
                    base_url: {{sandbox}}
                    token_url: {{sandbox}}/token
                    client_id: {{GoogleClient}}
                    client_secret: { file: google.secret }
                    refresh_token: { file: google.token }
                    terms_accepted: true
                    job_check_s: {{GoogleJobSeconds}}
                    flush_ms: 2000
                  - name: {{DestinationList.TikTok.Name}}
                    platform: tiktok
                    account: "{{DestinationList.TikTok.Account}}"
                    base_url: {{sandbox}}/open_api/
                    token: { file: tiktok.token }
                bindings:

            """;
}
