using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace AudienceSync.Sandbox.Google;

/// <summary>The credential behind an access token: a refresh token or a service account.</summary>
internal sealed record Credential(string? RefreshToken, string? ServiceAccount)
{
    public bool MayUse(GoogleAccount account) =>
        RefreshToken is not null
            ? account.Settings.Token == RefreshToken
            : ServiceAccount is not null && account.Limits.ServiceAccount == ServiceAccount;

    // The compiler's version would print the refresh token.
    public override string ToString() => "Credential";
}

/// <summary>Issued access tokens that have not expired.</summary>
internal sealed class AccessTokens(TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, (Credential Credential, DateTimeOffset Until)> tokens = new(StringComparer.Ordinal);
    private long last;

    public string Issue(Credential credential, TimeSpan lifetime)
    {
        var now = clock.GetUtcNow();
        foreach (var (old, entry) in tokens)
        {
            if (entry.Until <= now)
            {
                tokens.TryRemove(old, out _);
            }
        }

        // Not a secret that needs protection: derived from a counter, so that identical runs produce identical tokens.
        var seed = SHA256.HashData(Encoding.UTF8.GetBytes($"access token {Interlocked.Increment(ref last)}"));
        var token = "ya29.sandbox-" + Convert.ToHexStringLower(seed);
        tokens[token] = (credential, now + lifetime);
        return token;
    }

    public Credential? Find(string token) =>
        tokens.TryGetValue(token, out var entry) && clock.GetUtcNow() < entry.Until ? entry.Credential : null;

    public void End(string token) => tokens.TryRemove(token, out _);
}
