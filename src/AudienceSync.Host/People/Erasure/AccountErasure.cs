using AudienceSync.Connectors;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Host.People.Erasure;

/// <summary>
/// Removes an erased person from every customer list of the accounts that received the person, where the platform has a call for it: also
/// from lists that others filled. This is the one exception to the rule that only what we added is removed (design section 6, rule 10).
/// <para>
/// <b>When.</b> After the removals from each remote audience, so that a failure here never delays those. The call names the identifiers of
/// all revisions, without those that belong to another person by now: they stay for that person.
/// </para>
/// <para>
/// <b>Failures.</b> A call that was not accepted is repeated after the platform's time, or after a growing one, and the erasure waits. A
/// crash between call and record repeats the call, which is harmless: it removes. It is made outside of the account's lease, because it
/// writes nothing that the account's loop reads; it is one call for a person, so the account's budget does without it.
/// </para>
/// </summary>
/// <param name="table">The record of the calls.</param>
/// <param name="destinations">The configured accounts, by name.</param>
/// <param name="chance">Random numbers in [0, 1), which spread the retries.</param>
/// <param name="clock">Times of the calls.</param>
/// <param name="logger">Names no person.</param>
public sealed class AccountErasure(
    AccountErasureStore table,
    IReadOnlyDictionary<string, IDestination> destinations,
    Func<double> chance,
    TimeProvider clock,
    ILogger logger
)
{
    /// <summary>True when nothing is left to remove from any account.</summary>
    /// <param name="erasure">The erasure.</param>
    /// <param name="people">All anchors of the person.</param>
    /// <param name="beforeStep">Called before each call, so that the caller can renew its lease.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<bool> TryAsync(Guid erasure, Guid[] people, Func<Task> beforeStep, CancellationToken cancellationToken)
    {
        var complete = true;
        foreach (var account in await table.ReadAsync(erasure, people, cancellationToken))
        {
            if (!account.Done && destinations.GetValueOrDefault(account.Destination) is IErasesPeople and { } erases)
            {
                await beforeStep();
                complete &= await TryAsync(erasure, people, account, (IDestination)erases, cancellationToken);
            }
        }

        return complete;
    }

    private async Task<bool> TryAsync(
        Guid erasure,
        Guid[] people,
        AccountToErase account,
        IDestination destination,
        CancellationToken cancellationToken
    )
    {
        var now = clock.GetUtcNow();
        if (account.Held || account.NextTryAt > now)
        {
            return false;
        }

        var normalizers = account.Normalizers.Append(destination.Normalizer).Distinct().ToList();
        var members = (await table.IdentifiersAsync(people, cancellationToken))
            .SelectMany(identifiers => normalizers.Select(normalizer => new Member(identifiers, normalizer)))
            .ToList();
        var result = new CallResult(Outcome.Done, [], []);
        foreach (var batch in members.Chunk(destination.Limits.MembersPerCall))
        {
            result = await ((IErasesPeople)destination).EraseAsync(batch, cancellationToken);
            if (!IsDone(result))
            {
                break;
            }
        }

        var wait = IsDone(result) ? (TimeSpan?)null : result.Outcome.Wait ?? Backoff.After(account.Attempts + 1, chance());
        await table.WriteAsync(erasure, account.Destination, result, now, now + wait, cancellationToken);
        if (wait is not null)
        {
            logger.LogWarning(
                "Erasure {Erasure}: {Destination} did not remove the person from all its lists: {Code}; retrying in {Wait}",
                erasure,
                account.Destination,
                result.Outcome.Code,
                wait
            );
        }

        return wait is null;
    }

    // A row that the platform calls invalid matches no one there.
    private static bool IsDone(CallResult result) => result.Outcome.Kind is OutcomeKind.Done or OutcomeKind.PartlyDone;
}
