using AudienceSync.Domain.Decisions;
using AudienceSync.Host.Ingest;
using AudienceSync.Host.Telemetry;

namespace AudienceSync.Host.Decisions;

/// <summary>
/// Decides for the sources of one workspace: reads the state of the person, or answers with the fallback of the source when that takes too
/// long or storage fails. An answer always comes within the time-out of the source, whatever the database does.
/// </summary>
internal sealed class Decider(PersonState state, DecisionLog log, TimeProvider clock, ILogger<Decider> logger)
{
    private readonly Lock _outageLock = new();
    private readonly OutageLog _outage = new("Decisions", clock, logger);

    /// <summary>Decides.</summary>
    /// <param name="source">Who asks.</param>
    /// <param name="settings">What it is answered.</param>
    /// <param name="named">Who it asks about.</param>
    /// <param name="names">The audiences and keys, each once; none for all audiences.</param>
    /// <param name="via">How it asks.</param>
    /// <param name="cancellationToken">The asker is gone.</param>
    /// <returns>The fields of the answer.</returns>
    public async Task<IReadOnlyList<NamedValue>> DecideAsync(
        Source source,
        DecisionSettings settings,
        NamedAliases named,
        IReadOnlyList<string> names,
        DecisionVia via,
        CancellationToken cancellationToken
    )
    {
        var started = clock.GetTimestamp();
        var (facts, audiences, outcome) = await ReadAsync(settings.Timeout, named, names, cancellationToken);
        var answer = facts is null
            ? [new NamedValue(DecisionFieldNames.Fallback, FieldValue.Of(true)), .. settings.Fallback]
            : Decision.Of(facts, audiences, settings.Fields);
        log.Add(
            new DecisionRecord(
                clock.GetUtcNow(),
                source.Name,
                via,
                outcome,
                facts is null ? null : facts.Person is not null,
                clock.GetElapsedTime(started),
                facts is null ? DecisionFields.None : settings.Fields,
                [.. audiences.Where(one => one.Key is not null).Select(one => one.Name)],
                facts?.Person is { } person
                    ? [.. audiences.Where(one => one.Key is { } key && person.IsIn(key)).Select(one => one.Name)]
                    : [],
                audiences.Count(one => one.Key is null)
            )
        );
        return answer;
    }

    private async Task<(DecisionFacts? Facts, IReadOnlyList<AskedAudience> Audiences, DecisionOutcome Outcome)> ReadAsync(
        TimeSpan timeout,
        NamedAliases named,
        IReadOnlyList<string> names,
        CancellationToken cancellationToken
    )
    {
        using var ending = new CancellationTokenSource(timeout, clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(ending.Token, cancellationToken);
        var reading = state.ReadAsync(named, names, linked.Token);
        try
        {
            // Not only canceled: a server that hangs does not answer a cancellation either.
            var (facts, audiences) = await reading.WaitAsync(linked.Token);
            Recovered();
            return (facts, audiences, DecisionOutcome.Answered);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            _ = ForgetAsync(reading);
            return (null, state.Published(names), DecisionOutcome.TimedOut);
        }
        catch (Exception failure) when (OutageLog.IsStorage(failure))
        {
            Failed(failure);
            return (null, state.Published(names), DecisionOutcome.StorageFailed);
        }
    }

    // What an abandoned read ends with is of no interest: it was canceled, and its fallback was answered.
    private static async Task ForgetAsync(Task reading) => await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private void Failed(Exception failure)
    {
        lock (_outageLock)
        {
            _outage.Failed(failure);
        }
    }

    private void Recovered()
    {
        if (_outage.IsOut)
        {
            lock (_outageLock)
            {
                _outage.Recovered();
            }
        }
    }
}
