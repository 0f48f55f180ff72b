using System.Text;
using AudienceSync.Connectors;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Privacy.Keys;

namespace AudienceSync.Host.Privacy;

/// <summary>
/// Turns a canonical identifier into the keyed digest under which its person is found. The key is a secret of the workspace, not of the
/// master key: a digest never changes. Safe for any number of threads.
/// </summary>
public sealed class AliasDigester(ReadOnlySpan<byte> secret) : IDisposable
{
    // Above every identifier kind, and above the 0 of the details.
    private const int SharedCellKind = 0x80;

    private readonly KeyedHash _hash = new(secret);

    /// <summary>The kind is part of what is digested, so a customer id that looks like an e-mail address is not one.</summary>
    public Alias Digest(IdentifierKind kind, string canonical)
    {
        var length = Encoding.UTF8.GetMaxByteCount(canonical.Length);
        var buffer = length <= 1024 ? stackalloc byte[1024] : new byte[length];
        var used = Encoding.UTF8.GetBytes(canonical, buffer);
        Span<byte> digest = stackalloc byte[KeyedHash.Bytes];
        _hash.Compute([(byte)kind], buffer[..used], digest);
        return new Alias(kind, new AliasDigest(new Guid(digest[..16], bigEndian: true)));
    }

    /// <summary>
    /// A digest of all details together. It only shows whether a webhook has the same details as before; no person is found by it.
    /// </summary>
    public AliasDigest Digest(PersonDetails details)
    {
        var text = string.Join(
            '\u001f',
            details.FirstName,
            details.LastName,
            details.City,
            details.State,
            details.PostalCode,
            details.Country,
            details.Gender,
            details.BirthDate,
            details.DeviceId
        );
        return Digest(default(IdentifierKind), text).Digest;
    }

    /// <summary>
    /// A digest of what a platform received about a person: equal only at the same platform, and never equal to an alias.
    /// </summary>
    public AliasDigest Digest(Platform platform, SharedCell cell) =>
        Digest((IdentifierKind)(SharedCellKind | (int)cell.Part), $"{platform}\u001f{cell.Text}").Digest;

    public void Dispose() => _hash.Dispose();
}
