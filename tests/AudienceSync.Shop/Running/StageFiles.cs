using System.Text;
using System.Text.Json;
using AudienceSync.Shop.Journeys;

namespace AudienceSync.Shop.Running;

/// <summary>What the two programs are told about the shop.</summary>
internal static class StageFiles
{
    public const string Account = "act_1001";

    public static string EngineYaml(Uri sandbox)
    {
        var yaml = new StringBuilder();
        yaml.Append(
            """
            operator_token: { file: operator.token }
            workspaces:
              default:
                sources:
                  - name: journeys
                    token: { file: journeys.token }
                    signature: required
                    signing_keys: [ { file: journeys.key } ]
                    default_country: US
                audiences:

            """);
        foreach (var journey in JourneyList.All)
        {
            yaml.Append(
                $$"""
                      - name: {{journey.Audience}}
                        purpose: {{journey.Purpose}}
                        owner: retention@shop.example
                        definition: {{journey.Definition}}
                        versions: [ { version: 1, window_d: {{(int)journey.Window.TotalDays}} } ]

                """);
        }

        yaml.Append(
            $$"""
                destinations:
                  - name: meta_main
                    platform: meta
                    account: {{Account}}
                    base_url: {{sandbox.ToString().TrimEnd('/')}}
                    api_version: v25.0
                    token: { file: meta.token }
                bindings:

            """);
        foreach (var journey in JourneyList.All)
        {
            yaml.Append(
                $$"""
                      - { audience: {{journey.Audience}}, key: {{journey.Key}}, destination: meta_main, remote: "{{journey.Remote}}" }

                """);
        }

        return yaml.ToString();
    }

    /// <summary>The ad account as the sandbox's admin interface takes it.</summary>
    public static string SandboxAccount(string metaToken) => JsonSerializer.Serialize(new
    {
        account = Account,
        token = metaToken,
        tier = "standard_access",
        audiences = JourneyList.All.Select(journey => journey.Remote),
    });
}
