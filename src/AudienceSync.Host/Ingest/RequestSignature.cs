using System.Buffers;
using System.Text;
using AudienceSync.Host.Configuration;

namespace AudienceSync.Host.Ingest;

/// <summary>The response to the sender for one event of a remembered request.</summary>
/// <param name="Id">The receipt; empty for an event that was refused.</param>
/// <param name="Code">Null when it was accepted.</param>
public readonly record struct KeptReceipt(Guid Id, string? Code);

/// <summary>
/// The signature of a request whose events do not all have their ids in the signed bytes. It is remembered with the request's receipts, and
/// a sender that sends the same bytes again, with whatever headers, receives these receipts and appends nothing.
/// </summary>
/// <param name="day">The day of the signed timestamp, UTC: part of the key, because the same bytes always have the same day.</param>
/// <param name="digest">Derived from source and signature.</param>
/// <param name="receipts">
/// The receipts of the request's events. Requested under the log's lock, when it is known which of their people were erased. Null for a
/// request that has no effect, because its headers make it a test or leave it without an id: it is not remembered, but if its bytes had an
/// effect before, it receives those receipts.
/// </param>
public sealed class RequestSignature(DateOnly day, Guid digest, Func<KeptReceipt[]>? receipts)
{
    /// <summary>How old a signed timestamp may be, and therefore how long a signature must be remembered.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromDays(SourceConfig.LongestSignatureAgeD);

    private RequestSignature? _earlier;
    private KeptReceipt[]? _given;

    public DateOnly Day => day;

    public Guid Digest => digest;

    /// <summary>Whether to remember it.</summary>
    public bool HasEffect => receipts is not null;

    /// <summary>Set by the append: the same signature was received before, in this commit or an earlier one.</summary>
    public bool IsRepeat { get; private set; }

    /// <summary>The receipts given to the first request with this signature.</summary>
    public KeptReceipt[] Given =>
        _given ?? _earlier?.Given ?? throw new InvalidOperationException("A signature that was not appended has no receipts.");

    /// <summary>
    /// Whether it is to be remembered. Evaluated under the log's lock: while an event of the request is still unsettled, a sender that
    /// sends the request again must not receive a result for it.
    /// </summary>
    public Func<bool> IsKept { get; init; } = static () => true;

    internal void Reset() => (IsRepeat, _earlier, _given) = (false, null, null);

    internal void Repeats(RequestSignature earlier) => (IsRepeat, _earlier) = (true, earlier);

    internal void Repeats(ReadOnlySpan<byte> kept) => (IsRepeat, _given) = (true, Decode(kept));

    /// <summary>The receipts as they are stored: for each its id, the length of its code and the code.</summary>
    internal byte[] Give()
    {
        _given = receipts!();
        var kept = new ArrayBufferWriter<byte>(_given.Length * 17);
        foreach (var (id, code) in _given)
        {
            var size = code is null ? 0 : Encoding.ASCII.GetByteCount(code);
            var row = kept.GetSpan(17 + size);
            id.TryWriteBytes(row);
            row[16] = checked((byte)size);
            Encoding.ASCII.GetBytes(code ?? "", row[17..]);
            kept.Advance(17 + size);
        }

        return kept.WrittenSpan.ToArray();
    }

    private static KeptReceipt[] Decode(ReadOnlySpan<byte> kept)
    {
        var receipts = new List<KeptReceipt>();
        while (!kept.IsEmpty)
        {
            var size = kept[16];
            receipts.Add(new KeptReceipt(new Guid(kept[..16]), size == 0 ? null : Encoding.ASCII.GetString(kept.Slice(17, size))));
            kept = kept[(17 + size)..];
        }

        return [.. receipts];
    }
}
