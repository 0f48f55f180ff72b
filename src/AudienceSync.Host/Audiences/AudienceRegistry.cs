using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Host.Audiences.Registry;

namespace AudienceSync.Host.Audiences;

/// <summary>What one call changed or would change, with notes for an operator.</summary>
public sealed record RegistryPlan(IReadOnlyList<IRegistryEvent> Changes, IReadOnlyList<string> Notes);

/// <summary>
/// Changes audiences: reads the stream, decides by Domain rules, appends at the version it read. When another writer appended first, it
/// reads and decides again, so two concurrent promotions become two consecutive changes and never a mix of both.
/// </summary>
/// <param name="table">The audience streams.</param>
/// <param name="keys">Reloaded after every change, so that this process need not wait for the notification.</param>
public sealed class AudienceRegistry(RegistryStore table, AudienceKeys? keys = null)
{
    /// <summary>An audience is changed manually: this many conflicts in a row mean that something writes in a loop.</summary>
    private const int MaxAttempts = 10;

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
            cancellationToken
        );
        await RefreshAsync(cancellationToken);
        return plan;
    }

    /// <summary>Applies a declaration to the registry, audience by audience. Idempotent.</summary>
    /// <param name="declared">The audiences that the file declares.</param>
    /// <param name="by">Who applies it.</param>
    /// <param name="why">The reason for applying it.</param>
    /// <param name="dryRun">Only returns what would be changed.</param>
    /// <exception cref="RegistryException">
    /// A declared audience is refused. Everything is decided before anything is written, so then nothing was written. Only a concurrent
    /// change by another writer in between can leave the audiences before the refused one applied.
    /// </exception>
    public async Task<RegistryPlan> ApplyAsync(
        IReadOnlyList<AudienceDeclaration> declared,
        string by,
        string? why,
        bool dryRun,
        CancellationToken cancellationToken
    )
    {
        var all = declared
            .Concat(
                (await table.ReadNamesAsync(cancellationToken))
                    .Where(name => declared.All(audience => audience.Name != name))
                    .Select(AudienceDeclaration.Gone)
            )
            .ToList();
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
        List<AudienceDeclaration> declared,
        string by,
        string? why,
        bool dryRun,
        CancellationToken cancellationToken
    )
    {
        var changes = new List<IRegistryEvent>();
        var notes = new List<string>();
        foreach (var audience in declared)
        {
            var plan = await ChangeAsync(
                audience.Name,
                known => DeclarationRules.Decide(known, audience, by, why),
                dryRun,
                cancellationToken
            );
            changes.AddRange(plan.Changes);
            notes.AddRange(plan.Notes);
        }

        return new RegistryPlan(changes, notes);
    }

    private async Task<RegistryPlan> ChangeAsync(
        string audience,
        Func<Audience, DeclarationDecision> decide,
        bool dryRun,
        CancellationToken cancellationToken
    )
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
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
