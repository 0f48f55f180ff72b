using AudienceSync.Sandbox.Lists;

namespace AudienceSync.Sandbox.Meta;

/// <summary>The <c>session</c> object of an upload, contract 7; the reader refuses unknown fields and wrong types.</summary>
internal sealed record UploadSession
{
    public required long SessionId { get; init; }

    public required long BatchSeq { get; init; }

    public required bool LastBatchFlag { get; init; }

    public long? EstimatedNumTotal { get; init; }
}

/// <summary>One upload, parsed and validated but not applied.</summary>
internal sealed class UsersUpload : IDisposable
{
    /// <summary>The maximum number of returned samples (contract 6.2).</summary>
    private const int MaxSamples = 100;

    private readonly SortedDictionary<int, string> samples = [];
    private readonly HashSet<int> rejected = [];

    public SchemaForm Form { get; set; }

    public UploadSession? Session { get; set; }

    public RowBatch Rows { get; } = new();

    public int Received { get; set; }

    /// <summary>
    /// Rows with a rejected cell or without any usable cell. It counts rows, not cells: it never exceeds the number received.
    /// </summary>
    public int Invalid => rejected.Count;

    public int EmptyHashes { get; set; }

    public IReadOnlyDictionary<int, string> Samples => samples;

    public void Reject(int row, string reason)
    {
        rejected.Add(row);
        if (samples.Count < MaxSamples)
        {
            samples[row] = reason;
        }
    }

    /// <summary>The scripted fault: the first row is not applied.</summary>
    public void RejectFirstRow()
    {
        Rows.DropFirstRow();
        if (Received > 0 && !rejected.Contains(0))
        {
            Reject(0, "Rejected by a scripted fault");
        }
    }

    /// <summary>The scripted fault: the second half is not applied; a single row is not applied at all.</summary>
    public void RejectSecondHalf()
    {
        var kept = Received / 2;
        Rows.KeepRowsBefore(kept);
        foreach (var row in Enumerable.Range(kept, Received - kept).Where(row => !rejected.Contains(row)).ToArray())
        {
            Reject(row, "Rejected by a scripted fault");
        }
    }

    public void Dispose() => Rows.Dispose();
}
