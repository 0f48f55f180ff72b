using System.Globalization;
using AudienceSync.Host.Tests.Postgres;

namespace AudienceSync.Host.Tests.Serving;

/// <summary>
/// The files a Host starts from. Three sources: one must sign (with either of two keys), one may, one does not. The master key is always
/// the same, so that two Hosts can share a database. Their requests are signed at the time of the machine, whatever the clock of the Host
/// shows, so the age of a signature is not checked; the tests of that check enable it.
/// </summary>
public static class TestHostFiles
{
    /// <summary>The key of the golden vector, contracts/customerio.md 2.3.</summary>
    public const string SigningKey = "signing-secret";

    public const string SecondSigningKey = "signing-secret-of-next-month";
    public const string SignedToken = "token-of-the-source-that-signs";
    public const string MaySignToken = "token-of-the-source-that-may-sign";
    public const string UnsignedToken = "token-of-the-source-that-does-not-sign";
    public const string OperatorToken = "token-of-the-operator";
    public const string MasterKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    /// <returns>The path of the configuration.</returns>
    internal static string Write(TemporaryFolder folder, TestHostOptions options)
    {
        foreach (var (file, secret) in Secrets.Concat(options.Secrets.Select(secret => (secret.Key, secret.Value))))
        {
            File.WriteAllText(folder.Below(file), secret + "\n");
        }

        var path = folder.Below("audiencesync.yaml");
        File.WriteAllText(path, options.Yaml(Yaml(options)));
        return path;
    }

    private static IEnumerable<(string File, string Secret)> Secrets =>
        [
            ("operator.token", OperatorToken),
            ("signed.token", SignedToken),
            ("may_sign.token", MaySignToken),
            ("unsigned.token", UnsignedToken),
            ("signing.key", SigningKey),
            ("second_signing.key", SecondSigningKey),
            ("meta.token", TestPlatform.Token),
        ];

    private static string Yaml(TestHostOptions options) =>
        $$"""
            operator_token: { file: operator.token }
            workspaces:
              default:
                sources:
                  - { name: signed, token: { file: signed.token }, signature: required, signature_max_age_d: 0, signing_keys: [ { file: signing.key }, { file: second_signing.key } ], default_country: US }
                  - { name: may_sign, token: { file: may_sign.token }, signature: if_present, signature_max_age_d: 0, signing_keys: [ { file: signing.key } ], default_country: US }
                  - { name: unsigned, token: { file: unsigned.token }, signature: "off", default_country: US }
                audiences:
            {{Lines(
                options,
                audience => $"      - {{ name: {audience.Name}, purpose: p, owner: o, definition: d, versions: [ {Version(audience)} ] }}"
            )}}
                destinations:
                  - { name: meta_main, platform: meta, account: {{TestPlatform.Account}}, base_url: "http://127.0.0.1:5480", api_version: v25.0, token: { file: meta.token }, flush_ms: {{options.Flush_ms}} }
                bindings:
            {{Lines(
                options,
                audience =>
                    $"      - {{ audience: {audience.Name}, key: {audience.Key}, destination: meta_main, remote: \"{TestHost.Remote(options, audience)}\" }}"
            )}}

            """;

    private static string Version(TestAudience audience) =>
        audience.Window_d is { } days
            ? string.Create(CultureInfo.InvariantCulture, $"{{ version: 1, window_d: {days} }}")
            : "{ version: 1 }";

    private static string Lines(TestHostOptions options, Func<TestAudience, string> line) =>
        string.Join('\n', options.Audiences.Select(line));
}
