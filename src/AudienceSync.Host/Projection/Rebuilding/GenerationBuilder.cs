using AudienceSync.Domain.Events;
using AudienceSync.Domain.Membership;
using AudienceSync.Host.Audiences;

namespace AudienceSync.Host.Projection.Rebuilding;

/// <summary>
/// The first phase of a rebuild: reads one snapshot and writes the tables of a new generation. See <see cref="Rebuild"/>.
/// </summary>
internal sealed class GenerationBuilder(
    GenerationSchemaStore database,
    GenerationStore generations,
    AudienceKeys keys,
    TimeProvider clock,
    int? keyId
)
{
    private const long EventsBetweenReports = 100_000;

    public required long MemoryBytes { get; init; }

    public required long NumbersApart { get; init; }

    public required Action<string> Step { get; init; }

    public required Action<RebuildProgress> Progress { get; init; }

    public async Task<RebuildResult> RunAsync(string layout, CancellationToken cancellationToken)
    {
        var number = await generations.BeginAsync("rebuild", keyId, layout, cancellationToken);
        await using var snapshot = await LogSnapshotQueries.OpenAsync(database, cancellationToken);
        // The registry is reloaded first, because the fold may reach a key that was published a moment ago.
        await keys.ReloadAsync(cancellationToken);
        await generations.ReadToAsync(number, 0, snapshot.Head, cancellationToken);
        var fold = new FullLogFold(new RebuildMode(keys.Current, KeyScope.Of(keyId)), await snapshot.ReadLinksAsync(cancellationToken));
        await using var next = await NextTableStore.MakeAsync(database, cancellationToken);
        Step("made");
        var numbers = new GenerationNumbers(snapshot.Live.ChangedPos, snapshot.Live.ChangedPos + NumbersApart, 0);
        var comparison = new Comparison(fold, snapshot.Live.Position.Value, numbers.Base, clock.GetUtcNow());
        var meant = default(RowSum);
        do
        {
            await Task.Run(() => Pass(snapshot, next, fold, comparison, ref meant, cancellationToken), cancellationToken);
        } while (fold.NextPass());

        next.WriteLinks(fold.Links);
        await KeepAsync(
            next,
            number,
            snapshot,
            fold,
            comparison,
            numbers with
            {
                Filled = comparison.LastNumber,
            },
            meant,
            cancellationToken
        );
        return new RebuildResult(
            number,
            "rebuild",
            snapshot.Head,
            meant.Count,
            meant.Checksum,
            fold.Passes.Count,
            Continued: false,
            comparison.Drift,
            0,
            0
        );
    }

    private void Pass(
        LogSnapshotQueries snapshot,
        NextTableStore next,
        FullLogFold fold,
        Comparison comparison,
        ref RowSum meant,
        CancellationToken cancellationToken
    )
    {
        long events = 0;
        snapshot.ReadEvents(
            passing =>
            {
                fold.Read(passing);
                if (++events % EventsBetweenReports == 0)
                {
                    Report("reading", fold, events, snapshot.Head);
                }

                if (fold.Passes.Current == 0 && fold.Outgrows(MemoryBytes))
                {
                    fold.Split(passing.Position);
                }
            },
            cancellationToken
        );
        Step("read");
        fold.Settle();
        Report("writing", fold, events, snapshot.Head);
        next.WriteRows(
            write =>
            {
                snapshot.ReadRows(
                    keyId,
                    live =>
                    {
                        if (fold.Passes.IsMine(live.Person))
                        {
                            write(comparison.Meet(live));
                        }
                    },
                    cancellationToken
                );
                foreach (var row in fold.Rest(comparison.Now))
                {
                    write(comparison.Alone(row));
                }
            },
            ref meant
        );
        Step("written");
        next.WritePermissions(fold.Permissions());
    }

    private async Task KeepAsync(
        NextTableStore next,
        long number,
        LogSnapshotQueries snapshot,
        FullLogFold fold,
        Comparison comparison,
        GenerationNumbers numbers,
        RowSum meant,
        CancellationToken cancellationToken
    )
    {
        await next.LoadedAsync(number, cancellationToken);
        Report("indexing", fold, snapshot.Head, snapshot.Head);
        // In parallel: indexing is work of the server, reading back is mostly work of this process.
        var reading = next.ReadBackAsync(cancellationToken);
        await Task.WhenAll(next.IndexAsync(cancellationToken), reading);
        Step("indexed");
        Report("checking", fold, snapshot.Head, snapshot.Head);
        var actual = await reading;
        if (!actual.Equals(meant))
        {
            throw new RebuildException(
                "rebuild_check_failed",
                $"{meant.Count} rows were folded and {actual.Count} read back, or they differ; nothing was swapped. "
                    + "Run the rebuild again."
            );
        }

        Step("checked");
        var progress = new ProjectionProgress(new Position(snapshot.Head), numbers.Filled, fold.Applied, fold.Superseded);
        await next.CommitAsync(number, progress, numbers, meant, comparison.Drift.ToJson(), cancellationToken);
    }

    private void Report(string phase, FullLogFold fold, long events, long head) =>
        Progress(new RebuildProgress(phase, events + (fold.Passes.Current * head), fold.Passes.Count * head));
}
