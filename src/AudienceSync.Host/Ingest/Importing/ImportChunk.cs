using AudienceSync.Domain;

namespace AudienceSync.Host.Ingest.Importing;

/// <summary>A record that was not accepted.</summary>
/// <param name="Line">The line of the file where it begins, from 1.</param>
/// <param name="Status">refused or quarantined.</param>
/// <param name="Code">Why.</param>
/// <param name="Event">The record as it was sent; empty when it was not sent.</param>
internal readonly record struct RejectedRecord(long Line, string Status, string Code, ReadOnlyMemory<byte> Event);

/// <summary>
/// Consecutive records of a file that are sent together: one batch, as lines. Records that cannot be sent belong to it, too, so that a
/// chunk that is acknowledged stands for all records up to its end.
/// </summary>
internal sealed class ImportChunk
{
    private const int StartBytes = 256 * 1024;

    private readonly List<(long Line, int Start, int Length)> _events = new(Limits.EventsPerRequest);
    private byte[] _bytes = new byte[StartBytes];
    private int _length;

    /// <summary>Events in the batch.</summary>
    public int Events => _events.Count;

    /// <summary>Records of the file in this chunk.</summary>
    public int Records => _events.Count + Refused.Count;

    /// <summary>Records that are refused without being sent.</summary>
    public List<RejectedRecord> Refused { get; } = [];

    /// <summary>Bytes of the file that were read for it and for all before it.</summary>
    public long Position { get; set; }

    /// <summary>The digest of all events of the file up to the end of this chunk.</summary>
    public string Digest { get; set; } = "";

    /// <summary>
    /// Whether a call of it was given up: it may still be copying the bytes into its closing connection, so they must not be overwritten.
    /// </summary>
    public bool MayBeRead { get; set; }

    /// <summary>Adds an event. False when it does not fit into a batch with those that are in it.</summary>
    public bool TryAdd(long line, ReadOnlySpan<byte> text)
    {
        var needed = _length + text.Length + 1;
        if (_events.Count == Limits.EventsPerRequest || (needed > Limits.BatchBytes && _events.Count > 0))
        {
            return false;
        }

        if (needed > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(needed, _bytes.Length * 2));
        }

        text.CopyTo(_bytes.AsSpan(_length));
        _bytes[needed - 1] = (byte)'\n';
        _events.Add((line, _length, text.Length));
        _length = needed;
        return true;
    }

    /// <summary>Events of the batch, as lines without the last line break.</summary>
    public ReadOnlyMemory<byte> Lines(int first, int count) =>
        count == 0 ? default : _bytes.AsMemory(_events[first].Start.._events[first + count - 1].End());

    /// <summary>Events of the batch with each of their line breaks.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    /// <summary>An event that the receiver did not accept.</summary>
    public RejectedRecord Rejected(int index, string status, string code)
    {
        var (line, start, length) = _events[index];
        return new RejectedRecord(line, status, code, _bytes.AsMemory(start, length));
    }

    /// <summary>Empties it for the next records.</summary>
    public void Clear()
    {
        _events.Clear();
        Refused.Clear();
        _length = 0;
    }
}

file static class EventRange
{
    public static int End(this (long Line, int Start, int Length) one) => one.Start + one.Length;
}
