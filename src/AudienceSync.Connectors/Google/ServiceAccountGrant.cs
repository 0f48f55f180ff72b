using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using AudienceSync.Connectors.Http;
using AudienceSync.Connectors.Sections;
using Google.Apis.Auth.OAuth2;

namespace AudienceSync.Connectors.Google;

/// <summary>
/// A service account signs an assertion of its identity (contracts/google.md 2.1). Google's library reads the key file and signs; the
/// exchange runs on our own network and clock, because the library retries by itself on the system's clock.
/// </summary>
internal sealed class ServiceAccountGrant : IGoogleGrant
{
    public const string Scope = "https://www.googleapis.com/auth/datamanager";

    private const string Field = "service_account";

    private const string GrantType = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    /// <summary>The longest lifetime of an assertion (2.1).</summary>
    private static readonly TimeSpan AssertionLifetime = TimeSpan.FromHours(1);

    private readonly ServiceAccountCredential _account;

    private ServiceAccountGrant(ServiceAccountCredential account, Uri tokenUrl)
    {
        _account = account;
        TokenUrl = tokenUrl;
    }

    public Uri TokenUrl { get; }

    /// <summary>invalid_service_account: not the key file of a service account.</summary>
    public static Setting<IGoogleGrant> Parse(SecretDocument keyFile, Uri? tokenUrl)
    {
        try
        {
            var account = CredentialFactory.FromJson<ServiceAccountCredential>(keyFile.Reveal());
            var grant = new ServiceAccountGrant(account, tokenUrl ?? new Uri(account.TokenServerUrl));
            return new Setting<IGoogleGrant>(Field, grant).Must(
                given => BaseAddress.IsPlain(given.TokenUrl),
                "invalid_token_url",
                BaseAddress.MustBePlain("token_url")
            );
        }
        catch (Exception wrong) when (wrong is not OutOfMemoryException)
        {
            // The library throws whatever its JSON and key readers throw, and the messages may quote the file.
            return new Setting<IGoogleGrant>(
                Field,
                null!,
                new SettingError(
                    Field,
                    "invalid_service_account",
                    "service_account must be the JSON key file of a service account, as issued by Google Cloud."
                )
            );
        }
    }

    public IReadOnlyDictionary<string, string> Form(DateTimeOffset now) =>
        new Dictionary<string, string>(StringComparer.Ordinal) { ["grant_type"] = GrantType, ["assertion"] = Assertion(now) };

    private string Assertion(DateTimeOffset now)
    {
        var header = JsonSerializer.SerializeToUtf8Bytes(
            new Dictionary<string, string>
            {
                ["alg"] = "RS256",
                ["typ"] = "JWT",
                ["kid"] = _account.KeyId ?? "",
            }
        );
        var claims = JsonSerializer.SerializeToUtf8Bytes(
            new Dictionary<string, object>
            {
                ["iss"] = _account.Id,
                ["scope"] = Scope,
                ["aud"] = TokenUrl.AbsoluteUri,
                ["iat"] = now.ToUnixTimeSeconds(),
                ["exp"] = (now + AssertionLifetime).ToUnixTimeSeconds(),
            }
        );
        var signed = $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(claims)}";
        var signature = Convert.FromBase64String(_account.CreateSignature(Encoding.ASCII.GetBytes(signed)));
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }
}
