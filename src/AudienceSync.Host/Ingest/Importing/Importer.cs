using AudienceSync.Host.Configuration;

namespace AudienceSync.Host.Ingest.Importing;

/// <summary>The files and settings of an import.</summary>
/// <param name="File">The input.</param>
/// <param name="StateFile">Remembers how far it got; null when nothing is stored.</param>
/// <param name="RejectedFile">Receives the records that were not accepted.</param>
/// <param name="KeepsRecords">Whether these are written in full.</param>
/// <param name="Source">The source, for the state; null when only a token was given.</param>
/// <param name="Mapping">How CSV is read.</param>
/// <param name="InFlight">Batches under way at a time.</param>
internal sealed record ImportOptions(
    string File,
    string? StateFile,
    string RejectedFile,
    bool KeepsRecords,
    string? Source,
    CsvMapping Mapping,
    int InFlight
);

/// <summary>How an import ended, and its counts from the start of the file.</summary>
/// <param name="Read">Records.</param>
/// <param name="Counts">Their outcomes.</param>
/// <param name="ResumedAt">Records that an earlier run had imported; 0 for none.</param>
/// <param name="Seconds">Duration of this run.</param>
/// <param name="RejectedFile">Where the records are that were not accepted; null when there are none.</param>
/// <param name="IsFinished">Whether the end of the file was reached.</param>
/// <param name="Failure">Why it was not; null when it was, or when it was interrupted.</param>
internal sealed record ImportReport(
    long Read,
    ImportCounts Counts,
    long ResumedAt,
    double Seconds,
    string? RejectedFile,
    bool IsFinished,
    Exception? Failure
)
{
    /// <summary>Columns of a CSV file that fill no field, from 1.</summary>
    public IReadOnlyList<int> IgnoredColumns { get; init; } = [];
}

/// <summary>
/// Sends a file, a few batches at a time. Events may be stored in any order, so a batch does not wait for the one before it; the state
/// covers the batches from the start up to the first that is not answered.
/// </summary>
internal sealed class Importer(ImportOptions options, ChunkSender sender, TimeProvider clock)
{
    /// <summary>How long batches under way may take when the import is stopped.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly Queue<(ImportChunk Chunk, Task<ChunkResult> Sent)> _inFlight = new();
    private ImportState _state = new(options.Source, 0, "", default, 0);
    private long _resumedAt;

    /// <summary>Called after each acknowledged batch with the bytes of the file that were read, of how many, and the records.</summary>
    public Action<long, long, long> Progress { get; init; } = static (_, _, _) => { };

    /// <summary>
    /// Imports up to the end of the file, a failure, or the cancellation, and reports which; what was acknowledged is in the state.
    /// </summary>
    /// <exception cref="ImportException">Nothing was sent: the file or the state cannot be used.</exception>
    public async Task<ImportReport> RunAsync(CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        await using var file = await ImportFile.OpenAsync(options.File, options.Mapping, cancellationToken);
        using var reader = new ChunkReader(file);
        await ResumeAsync(reader, cancellationToken);
        await using var rejected = new RejectedFile(options.RejectedFile, options.KeepsRecords);
        rejected.Open(_state.RejectedBytes);
        var (isFinished, failure) = await SendAsync(file, reader, rejected, cancellationToken);
        if (isFinished && options.StateFile is { } state)
        {
            File.Delete(state);
        }

        return new ImportReport(
            _state.Records,
            _state.Counts,
            _resumedAt,
            clock.GetElapsedTime(started).TotalSeconds,
            rejected.IsWritten ? rejected.Path : null,
            isFinished,
            failure
        )
        {
            IgnoredColumns = file.Records is CsvRecords csv ? csv.IgnoredColumns : [],
        };
    }

    private async Task ResumeAsync(ChunkReader reader, CancellationToken cancellationToken)
    {
        if (options.StateFile is not { } path || await ImportState.ReadAsync(path, cancellationToken) is not { } state)
        {
            return;
        }

        if (state.Source != options.Source || !await reader.SkipAsync(state.Records, state.Digest, cancellationToken))
        {
            throw new ImportException(
                "import_state_differs",
                "The state is of another file, mapping or source. Repeat the former command, or delete the state to import from the start: "
                    + "what is in the log already is a duplicate."
            );
        }

        (_state, _resumedAt) = (state, state.Records);
    }

    private async Task<(bool IsFinished, Exception? Failure)> SendAsync(
        ImportFile file,
        ChunkReader reader,
        RejectedFile rejected,
        CancellationToken cancellationToken
    )
    {
        using var sends = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        await using var stop = cancellationToken.Register(() => sends.CancelAfter(Grace));
        Exception? failure = null;
        var isAtEnd = false;
        try
        {
            while (!cancellationToken.IsCancellationRequested && await reader.NextAsync(long.MaxValue, cancellationToken) is { } chunk)
            {
                _inFlight.Enqueue((chunk, sender.SendAsync(chunk, sends.Token)));
                while (_inFlight.Count >= options.InFlight || (_inFlight.TryPeek(out var first) && first.Sent.IsCompleted))
                {
                    await SettleFirstAsync(file, reader, rejected);
                }
            }

            isAtEnd = !cancellationToken.IsCancellationRequested;
        }
        catch (Exception expected) when (IsExpected(expected))
        {
            failure = expected;
        }

        var last = await SettleRestAsync(file, reader, rejected);
        failure ??= last;
        if (failure is not null)
        {
            await sends.CancelAsync();
        }

        await Task.WhenAll(_inFlight.Select(rest => (Task)rest.Sent)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return (isAtEnd && failure is null && _inFlight.Count == 0, failure is OperationCanceledException ? null : failure);
    }

    private async Task<Exception?> SettleRestAsync(ImportFile file, ChunkReader reader, RejectedFile rejected)
    {
        try
        {
            while (_inFlight.Count > 0)
            {
                await SettleFirstAsync(file, reader, rejected);
            }

            return null;
        }
        catch (Exception expected) when (IsExpected(expected))
        {
            return expected;
        }
    }

    private static bool IsExpected(Exception failure) => failure is ImportException or SetupException or OperationCanceledException;

    // In the order of the file, so that the state never claims a batch that follows one without an answer.
    private async Task SettleFirstAsync(ImportFile file, ChunkReader reader, RejectedFile rejected)
    {
        var (chunk, sent) = _inFlight.Peek();
        var result = await sent;
        _ = _inFlight.Dequeue();
        await rejected.WriteAsync(result.Rejected);
        _state = _state with
        {
            Records = _state.Records + chunk.Records,
            Digest = chunk.Digest,
            Counts = _state.Counts + result.Counts,
            RejectedBytes = rejected.Length,
        };
        if (options.StateFile is { } path)
        {
            await _state.WriteAsync(path);
        }

        Progress(chunk.Position, file.Length, _state.Records);
        reader.Return(chunk);
    }
}
