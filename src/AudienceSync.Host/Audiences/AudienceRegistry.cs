using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Host.Storage.Audiences;

namespace AudienceSync.Host.Audiences;

/// <summary>What was, or would be, changed by one call, with notes for a human.</summary>
public sealed record RegistryPlan(IReadOnlyList<IRegistryEvent> Changes, IReadOnlyList<string> Notes);

/// <summary>
/// Changes audiences: reads the stream, lets the Domain decide, appends on the version it read. When somebody else was faster it reads and
/// decides again, so two people who promote at once are two changes in a row and never half of each.
/// </summary>
/// <param name="table">The streams.</param>
/// <param name="keys">Told of every change, so that this process need not wait for the notification.</param>
public sealed class AudienceRegistry(RegistryTable table, AudienceKeys? keys = null)
{
    /// <summary>Changes of one audience come by hand: to lose so often in a row means that something writes in a circle.</summary>
    private const int Tries = 10;

    /// <exception cref="RegistryException">The command is refused; nothing was changed.</exception>
    public async Task<RegistryPlan> ExecuteAsync(string audience, AudienceCommand command, CancellationToken cancellationToken)
    {
        var plan = await ChangeAsync(
            audience,
            known =>
            {
                var decision = AudienceRules.Decide(known, command);
                return new DeclarationDecision(decision.Events, [], decision.Refusal);
            },
            dryRun: false,
            cancellationToken);
        await RefreshAsync(cancellationToken);
        return plan;
    }

    /// <summary>Makes the registry what is declared, audience by audience. Applying the same again changes nothing.</summary>
    /// <param name="declared">What the file says.</param>
    /// <param name="by">Who applies it.</param>
    /// <param name="why">His reason.</param>
    /// <param name="dryRun">Only says what would be changed.</param>
    /// <exception cref="RegistryException">
    /// Something declared is refused. Everything is decided before anything is written, so then nothing was; only a change by somebody else in
    /// between can leave the audiences before the refused one applied.
    /// </exception>
    public async Task<RegistryPlan> ApplyAsync(
        IReadOnlyList<AudienceDeclaration> declared, string by, string? why, bool dryRun, CancellationToken cancellationToken)
    {
        var all = declared.Concat((await table.ReadNamesAsync(cancellationToken))
            .Where(name => declared.All(audience => audience.Name != name)).Select(AudienceDeclaration.Gone)).ToList();
        var planned = await EachAsync(all, by, why, dryRun: true, cancellationToken);
        if (dryRun || planned.Changes.Count == 0)
        {
            return planned;
        }

        var done = await EachAsync(all, by, why, dryRun: false, cancellationToken);
        await RefreshAsync(cancellationToken);
        return done;
    }

    private async Task<RegistryPlan> EachAsync(
        List<AudienceDeclaration> declared, string by, string? why, bool dryRun, CancellationToken cancellationToken)
    {
        var changes = new List<IRegistryEvent>();
        var notes = new List<string>();
        foreach (var audience in declared)
        {
            var plan = await ChangeAsync(audience.Name, known => DeclarationRules.Decide(known, audience, by, why), dryRun, cancellationToken);
            changes.AddRange(plan.Changes);
            notes.AddRange(plan.Notes);
        }

        return new RegistryPlan(changes, notes);
    }

    private async Task<RegistryPlan> ChangeAsync(
        string audience, Func<Audience, DeclarationDecision> decide, bool dryRun, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var known = await table.ReadAsync(audience, cancellationToken);
            var decision = decide(known.Audience);
            if (decision.Refusal is { } refusal)
            {
                throw new RegistryException(refusal);
            }

            if (dryRun || decision.Events.Count == 0 || await table.TryAppendAsync(known, decision.Events, cancellationToken))
            {
                return new RegistryPlan(decision.Events, decision.Notes);
            }
        }

        throw new RegistryException(AudienceRefusal.Conflict(audience));
    }

    private Task RefreshAsync(CancellationToken cancellationToken) => keys?.ReloadAsync(cancellationToken) ?? Task.CompletedTask;
}
