using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace AudienceSync.Sandbox.Google;

/// <summary>Who an access token stands for: a refresh token or a service account.</summary>
internal sealed record Credential(string? RefreshToken, string? ServiceAccount)
{
    public bool MayUse(GoogleAccount account) => RefreshToken is not null
        ? account.Settings.Token == RefreshToken
        : ServiceAccount is not null && account.Limits.ServiceAccount == ServiceAccount;

    // The compiler's version would print the refresh token.
    public override string ToString() => "Credential";
}

/// <summary>Access tokens that were given out and have not ended.</summary>
internal sealed class AccessTokens(TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, (Credential Who, DateTimeOffset Until)> tokens = new(StringComparer.Ordinal);
    private long last;

    public string Issue(Credential who, TimeSpan life)
    {
        var now = clock.GetUtcNow();
        foreach (var (old, entry) in tokens)
        {
            if (entry.Until <= now)
            {
                tokens.TryRemove(old, out _);
            }
        }

        // Not a secret worth guarding: made from a counter, so that equal runs give equal tokens.
        var seed = SHA256.HashData(Encoding.UTF8.GetBytes($"access token {Interlocked.Increment(ref last)}"));
        var token = "ya29.sandbox-" + Convert.ToHexStringLower(seed);
        tokens[token] = (who, now + life);
        return token;
    }

    public Credential? Find(string token) =>
        tokens.TryGetValue(token, out var entry) && clock.GetUtcNow() < entry.Until ? entry.Who : null;

    public void End(string token) => tokens.TryRemove(token, out _);
}
