using System.Buffers;
using System.Text;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.Ingest.Append;

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
/// The receipts of the request's events, given the outcomes of its items. Requested under the log's lock, when these are known. Null for a
/// request that has no effect, because its headers make it a test or leave it without an id: it is not remembered, but if its bytes had an
/// effect before, it receives those receipts.
/// </param>
public sealed class RequestSignature(DateOnly day, Guid digest, Func<ReadOnlyMemory<ItemOutcome>, KeptReceipt[]>? receipts)
{
    /// <summary>How old a signed timestamp may be, and therefore how long a signature must be remembered.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromDays(SourceConfig.LongestSignatureAgeD);

    public DateOnly Day => day;

    public Guid Digest => digest;

    /// <summary>Whether to remember it.</summary>
    public bool HasEffect => receipts is not null;

    /// <summary>
    /// Whether an event of the request was left out by an earlier commit. Then it is not remembered: a retry must determine the outcome of
    /// that event by itself.
    /// </summary>
    public bool HasUnlinkable { get; init; }

    /// <summary>The receipts of a request that has an effect.</summary>
    internal KeptReceipt[] ReceiptsFor(ReadOnlyMemory<ItemOutcome> items) => receipts!(items);

    /// <summary>The receipts as they are stored: for each its id, the length of its code and the code.</summary>
    internal static byte[] Encode(KeptReceipt[] receipts)
    {
        var kept = new ArrayBufferWriter<byte>(receipts.Length * 17);
        foreach (var (id, code) in receipts)
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

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    internal static KeptReceipt[] Decode(ReadOnlySpan<byte> kept)
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
