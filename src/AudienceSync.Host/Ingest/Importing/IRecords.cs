namespace AudienceSync.Host.Ingest.Importing;

/// <summary>The records of a file, one after the other, each as one line of JSON.</summary>
internal interface IRecords : IAsyncDisposable
{
    /// <summary>The line of the file where the current record begins, from 1.</summary>
    long Line { get; }

    /// <summary>The current record, without a line break. Valid until the next read; empty when there is a problem.</summary>
    ReadOnlyMemory<byte> Event { get; }

    /// <summary>The code by which the current record is refused without being sent; null when it can be sent.</summary>
    string? Problem { get; }

    /// <summary>Reads the next record. False at the end of the file.</summary>
    /// <exception cref="ImportException">import_not_csv, import_not_text</exception>
    ValueTask<bool> ReadAsync(CancellationToken cancellationToken);
}
