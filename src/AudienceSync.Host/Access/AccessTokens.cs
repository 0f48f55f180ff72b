using System.Security.Cryptography;
using System.Text;

namespace AudienceSync.Host.Access;

/// <summary>
/// Finds whom a token belongs to: filled before the first request, never changed afterwards. Only digests are held and compared, every
/// comparison runs over the whole list, and each takes constant time, so the duration of a refusal reveals nothing about a token.
/// </summary>
public sealed class AccessTokens<T>
    where T : class
{
    private readonly List<(byte[] Digest, T Owner)> _tokens = [];

    public void Add(ReadOnlySpan<byte> token, T owner) => _tokens.Add((SHA256.HashData(token), owner));

    /// <summary>The owner of the token in the request's only <c>Authorization</c>; null when there is none.</summary>
    public T? Find(HttpRequest request)
    {
        var authorization = request.Headers.Authorization;
        return Find(authorization.Count == 1 ? authorization[0] : null);
    }

    /// <summary>Reads <c>Authorization: Bearer token</c> or <c>Basic base64(anything:token)</c>. Null when it matches none.</summary>
    public T? Find(string? authorization)
    {
        if (authorization is null || authorization.Length > 1024)
        {
            return null;
        }

        Span<byte> token = stackalloc byte[1024 * 3];
        var length = authorization switch
        {
            _ when authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) => Encoding.UTF8.GetBytes(
                authorization.AsSpan(7).Trim(),
                token
            ),
            _ when authorization.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase) => Password(
                authorization.AsSpan(6).Trim(),
                token
            ),
            _ => 0,
        };

        return length == 0 ? null : Find(token[..length]);
    }

    private T? Find(ReadOnlySpan<byte> token)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(token, digest);
        T? found = null;
        foreach (var (known, owner) in _tokens)
        {
            if (CryptographicOperations.FixedTimeEquals(known, digest))
            {
                found = owner;
            }
        }

        return found;
    }

    private static int Password(ReadOnlySpan<char> base64, Span<byte> token)
    {
        Span<byte> pair = stackalloc byte[1024];
        if (!Convert.TryFromBase64Chars(base64, pair, out var length))
        {
            return 0;
        }

        var colon = pair[..length].IndexOf((byte)':');
        if (colon < 0)
        {
            return 0;
        }

        pair[(colon + 1)..length].CopyTo(token);
        return length - colon - 1;
    }
}
