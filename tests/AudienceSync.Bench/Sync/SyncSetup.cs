using System.Security.Cryptography;
using AudienceSync.Bench.Processes;
using AudienceSync.Host.Privacy.Keys;

namespace AudienceSync.Bench.Sync;

/// <summary>
/// Secrets and configuration of one run: one audience without a window, synced to three platforms that share one address.
/// </summary>
internal sealed class SyncSetup
{
    public const string Key = "bench_members_v1";

    private readonly RunFolder _folder;
    private readonly byte[] _master = RandomNumberGenerator.GetBytes(MasterKey.KeyBytes);

    public SyncSetup(RunFolder folder, Uri platforms)
    {
        _folder = folder;
        Write("operator.token", OperatorToken);
        Write("journeys.token", SourceToken);
        Write("platform.token", Secret());
        Write("master.key", Convert.ToBase64String(_master));
        Write("audiencesync.yaml", Yaml(platforms.ToString().TrimEnd('/')));
    }

    public string OperatorToken { get; } = Secret();

    public string SourceToken { get; } = Secret();

    public MasterKeys MasterKeys => new(new MasterKey(1, _master));

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

    private static string Yaml(string platforms) =>
        $$"""
            operator_token: { file: operator.token }
            workspaces:
              default:
                sources:
                  - name: journeys
                    token: { file: journeys.token }
                    signature: off
                    default_country: US
                audiences:
                  - name: bench_members
                    purpose: Load
                    owner: bench@shop.example
                    definition: Made by the bench.
                    versions: [ { version: 1 } ]
                destinations:
                  - name: meta_main
                    platform: meta
                    account: act_1001
                    base_url: {{platforms}}
                    api_version: v25.0
                    token: { file: platform.token }
                  - name: google_main
                    platform: google
                    account: 7693729833
                    base_url: {{platforms}}
                    token_url: {{platforms}}/token
                    client_id: bench
                    client_secret: { file: platform.token }
                    refresh_token: { file: platform.token }
                    terms_accepted: true
                    job_check_s: 1
                  - name: tiktok_main
                    platform: tiktok
                    account: "7000000000000000001"
                    base_url: {{platforms}}/open_api/
                    token: { file: platform.token }
                    members_per_call: {{PlatformServer.MembersPerCall}}
                bindings:
                  - { audience: bench_members, key: {{Key}}, destination: meta_main, remote: "238500000000001" }
                  - { audience: bench_members, key: {{Key}}, destination: google_main, remote: "7090784481" }
                  - { audience: bench_members, key: {{Key}}, destination: tiktok_main, remote: "1700000000000001" }
            """;

    private static string Secret() => RandomNumberGenerator.GetHexString(64, lowercase: true);

    private void Write(string name, string text)
    {
        string path = _folder.File(name);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
