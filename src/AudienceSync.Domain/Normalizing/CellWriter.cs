using AudienceSync.Domain.Identity;

namespace AudienceSync.Domain.Normalizing;

/// <summary>
/// Converts fields of people into what is sent to a platform, without allocating an object for each. It holds a digest's state and a
/// buffer, so it serves one thread at a time.
/// </summary>
public sealed class CellWriter : IDisposable
{
    /// <summary>The longest cell that is sent: a digest, or a plain text of as many bytes.</summary>
    public const int MaxBytes = Sha256Hex.Length;

    private readonly Sha256Hex _sha = new();
    private readonly char[] _normal = new char[Normalizer.MaxChars];

    /// <summary>
    /// Writes one cell as ASCII bytes: 64 hex digits, or the plain form. A plain form is letters, digits, spaces and hyphens
    /// (an external id is not such a text and is written by <see cref="Normalizer.Normalize"/> only).
    /// </summary>
    public Cell Write(Normalizer normalizer, PersonIdentifiers person, PersonField field, Span<byte> utf8)
    {
        ArgumentNullException.ThrowIfNull(normalizer);
        var cell = normalizer.Normalize(person, field, _normal);
        if (cell.IsEmpty)
        {
            return cell;
        }

        var normal = _normal.AsSpan(0, cell.Length);
        if (!cell.IsDigest && normalizer.RuleOf(field)!.Form == CellForm.Hashed)
        {
            _sha.Write(normal, utf8);
            return cell with { Length = Sha256Hex.Length };
        }

        return normal.Length > MaxBytes || System.Text.Ascii.FromUtf16(normal, utf8, out _) != System.Buffers.OperationStatus.Done
            ? Cell.Empty(CellReason.TooLong)
            : cell;
    }

    /// <summary>The normal forms are personal data, so they do not outlive the writer.</summary>
    public void Dispose()
    {
        Array.Clear(_normal);
        _sha.Dispose();
    }
}
