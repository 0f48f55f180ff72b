using Wolverine.Persistence.Durability;
using Wolverine.Persistence.Durability.DeadLetterManagement;
using Wolverine.Runtime;

namespace AudienceSync.Host.Messages;

/// <summary>
/// A message that failed for good, as shown to operators: the type of the error and not its text, which may quote what it was about.
/// </summary>
public sealed record DeadMessage(Guid Id, string Message, string Error, DateTimeOffset SentAt, bool Replaying);

/// <summary>Messages that failed for good: listed, replayed, discarded.</summary>
public sealed class DeadMessages(IWolverineRuntime runtime)
{
    private IDeadLetters Letters => runtime.Storage.DeadLetters;

    /// <summary>At most <paramref name="limit"/>.</summary>
    public async Task<IReadOnlyList<DeadMessage>> ListAsync(int limit, CancellationToken cancellationToken)
    {
        var found = await Letters.QueryAsync(new DeadLetterEnvelopeQuery { PageSize = limit }, cancellationToken);
        return [.. found.Envelopes.Select(Shown)];
    }

    /// <summary>Has it handled once more, as if it had just been sent. Null when there is no such message.</summary>
    public async Task<DeadMessage?> ReplayAsync(Guid id, CancellationToken cancellationToken)
    {
        var found = await Letters.DeadLetterEnvelopeByIdAsync(id);
        if (found is null)
        {
            return null;
        }

        await Letters.ReplayAsync(new DeadLetterEnvelopeQuery([id]), cancellationToken);
        return Shown(found) with { Replaying = true };
    }

    /// <summary>Removes it. Null when there is no such message.</summary>
    public async Task<DeadMessage?> DiscardAsync(Guid id, CancellationToken cancellationToken)
    {
        var found = await Letters.DeadLetterEnvelopeByIdAsync(id);
        if (found is null)
        {
            return null;
        }

        await Letters.DiscardAsync(new DeadLetterEnvelopeQuery([id]), cancellationToken);
        return Shown(found);
    }

    private static DeadMessage Shown(DeadLetterEnvelope letter) =>
        new(letter.Id, Name(letter.MessageType), Name(letter.ExceptionType), letter.SentAt, letter.Replayable);

    private static string Name(string type) => type[(type.LastIndexOf('.') + 1)..];
}
