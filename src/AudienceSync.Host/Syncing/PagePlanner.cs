using AudienceSync.Connectors;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Storage.Syncing;

namespace AudienceSync.Host.Syncing;

/// <summary>
/// Compares a page of members with the ledger.
/// <para>
/// <b>Replacing.</b> Who was delivered under another revision or normaliser is opened under both, and the platform's connector compares what
/// it would receive, digest by digest. Nothing differs: only the ledger moves. Something is gone: it alone is removed, where the platform
/// allows, and the new saying is added whole. While such a removal and its add are apart, the shared digests are at the platform, so the
/// ledger must not say "absent": it says "adding" under the new revision, by which they can be removed. An add that is then refused leaves
/// them behind, and <see cref="LanePass"/> takes them back by the old revision.
/// </para>
/// </summary>
public sealed class PagePlanner(IDestination destination, SyncTable table, Vault vault)
{
    public async Task<PagePlan> PlanAsync(Binding binding, Lane lane, List<LaneMember> page, CancellationToken cancellationToken)
    {
        var plan = new PagePlan([], [], [], []);
        var replaced = new List<LaneMember>();
        foreach (var member in page)
        {
            var step = Reconcile.For(member.Desired, member.Entry, member.Revision, destination.Normaliser);
            if (step != Step.Remove && !lane.Desired)
            {
                // Wanted here after all: the other lane sees to it.
                continue;
            }

            if (step != Step.Nothing && member.InJob && !destination.Limits.OrderedCalls)
            {
                plan.Later.Add(member.Person);
                continue;
            }

            switch (step)
            {
                case Step.Remove:
                    plan.Removals.Add(Former(member));
                    break;
                case Step.Add:
                    // Of whom a former call's outcome was lost may be there: should he be refused now, he is taken back.
                    plan.Adds.Add(Current(member) with { Stays = member.Entry.Status is LedgerStatus.Adding or LedgerStatus.Removing ? member.Entry : null });
                    break;
                case Step.Replace:
                    replaced.Add(member);
                    break;
            }
        }

        if (replaced.Count > 0)
        {
            await ReplaceAsync(binding, replaced, plan, cancellationToken);
        }

        return plan;
    }

    private async Task ReplaceAsync(Binding binding, List<LaneMember> replaced, PagePlan plan, CancellationToken cancellationToken)
    {
        var open = await OpenAsync(binding, replaced, cancellationToken);
        var both = replaced.FindAll(member => open.ContainsKey((member.Person, member.Entry.Revision)) && open.ContainsKey((member.Person, member.Revision)));
        var changes = both.Count == 0 ? [] : destination.Compare([.. both.Select(member => new Resaying(
            new Member(open[(member.Person, member.Entry.Revision)], member.Entry.Normaliser),
            new Member(open[(member.Person, member.Revision)], destination.Normaliser)))]);
        for (var i = 0; i < both.Count; i++)
        {
            Replace(both[i], changes[i], plan);
        }

        // Of whom a revision was destroyed nothing can be compared.
        foreach (var member in replaced.Except(both))
        {
            Replace(member, SayingChange.Whole, plan);
        }
    }

    private void Replace(LaneMember member, SayingChange change, PagePlan plan)
    {
        var current = Current(member);
        if (change.Same && member.Entry.Status == LedgerStatus.Delivered)
        {
            plan.Moves.Add(new LedgerChange(member.Person, current.Entry(LedgerStatus.Delivered), null));
            return;
        }

        if (change.Gone != SayingParts.None)
        {
            plan.Removals.Add(Former(member) with { Parts = change.Gone, After = change.Shared ? current.Entry(LedgerStatus.Adding) : null });
        }

        plan.Adds.Add(current with { Stays = change.Shared ? member.Entry : null });
    }

    private async Task<Dictionary<(PersonId Person, int Revision), PersonIdentifiers>> OpenAsync(
        Binding binding, List<LaneMember> members, CancellationToken cancellationToken)
    {
        var people = members.SelectMany(member => new[] { member.Person.Value, member.Person.Value }).ToList();
        var revisions = members.SelectMany(member => new[] { member.Entry.Revision, member.Revision }).ToList();
        var sealedIdentifiers = await table.ReadIdentifiersAsync(binding, MemberOperation.Add, people, revisions, cancellationToken);
        return sealedIdentifiers.ToDictionary(
            found => found.Key,
            found => vault.OpenIdentifiers(found.Key.Person, found.Key.Revision, found.Value.KeyVersion, found.Value.Salt, found.Value.Cipher));
    }

    private static Telling Former(LaneMember member) => new(member.Person, member.Entry.Revision, member.Entry.Normaliser);

    private Telling Current(LaneMember member) => new(member.Person, member.Revision, destination.Normaliser) { IsNew = member.IsNew };
}
