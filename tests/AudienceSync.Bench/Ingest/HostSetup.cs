using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using AudienceSync.Bench.Processes;

namespace AudienceSync.Bench.Ingest;

/// <summary>Secrets and configuration of one run: signatures required, three audiences, each bound to a list at the Sandbox.</summary>
internal sealed class HostSetup
{
    private static readonly (string Name, int Days, string Remote)[] Audiences =
    [
        ("high_intent_cart_7d", 7, "238500000000001"),
        ("post_purchase_14d", 14, "238500000000002"),
        ("winback_45d", 45, "238500000000003"),
    ];

    private readonly string _metaToken = Secret();
    private readonly RunFolder _folder;

    public HostSetup(RunFolder folder, string sandboxUrl)
    {
        _folder = folder;
        Write("operator.token", OperatorToken);
        Write("journeys.token", SourceToken);
        Write("journeys.key", SigningKey);
        Write("meta.token", _metaToken);
        Write("master.key", Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        Write("audiencesync.yaml", Yaml(sandboxUrl));
    }

    public string OperatorToken { get; } = Secret();

    public string SourceToken { get; } = Secret();

    public string SigningKey { get; } = Secret();

    public string SigningKeyFile => _folder.File("journeys.key");

    public string DataFolder => _folder.File("data");

    public Dictionary<string, string> HostEnvironment(string url) =>
        new(StringComparer.Ordinal)
        {
            ["AUDIENCESYNC_URLS"] = url,
            ["AUDIENCESYNC_DATA"] = DataFolder,
            ["AUDIENCESYNC_POSTGRES"] = "",
            ["AUDIENCESYNC_CONFIG"] = _folder.File("audiencesync.yaml"),
            ["AUDIENCESYNC_MASTER_KEY_FILE"] = _folder.File("master.key"),
            ["AUDIENCESYNC_LOG"] = "json",
        };

    /// <summary>The body of the Sandbox's POST /admin/accounts.</summary>
    public string SandboxAccount() =>
        JsonSerializer.Serialize(
            new
            {
                account = "act_1001",
                token = _metaToken,
                tier = "standard_access",
                audiences = Audiences.Select(a => a.Remote),
            }
        );

    private static string Yaml(string sandboxUrl)
    {
        string audiences = string.Concat(
            Audiences.Select(a =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $$"""
                          - name: {{a.Name}}
                            purpose: Load
                            owner: bench@shop.example
                            definition: Made by the load generator.
                            versions: [ { version: 1, window_d: {{a.Days}} } ]

                    """
                )
            )
        );
        string bindings = string.Concat(
            Audiences.Select(a =>
                $$"""
                          - { audience: {{a.Name}}, key: {{a.Name}}_v1, destination: meta_main, remote: "{{a.Remote}}" }

                    """
            )
        );
        return $$"""
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
            {{audiences}}    destinations:
                  - name: meta_main
                    platform: meta
                    account: act_1001
                    base_url: {{sandboxUrl}}
                    api_version: v25.0
                    token: { file: meta.token }
                bindings:
            {{bindings}}
            """;
    }

    private static string Secret() => RandomNumberGenerator.GetHexString(64, lowercase: true);

    private void Write(string name, string text)
    {
        string path = _folder.File(name);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
