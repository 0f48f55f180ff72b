using AudienceSync.Connectors;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Sync.Ledger;
using AudienceSync.Host.Sync.Residuals;

namespace AudienceSync.Host.Sync.Lanes;

/// <summary>
/// Compares a page of members with the ledger.
/// <para>
/// <b>Replacing.</b> A member that was delivered under another revision or normalizer is opened under both, and the platform's connector
/// compares what it would receive, digest by digest. Nothing differs: only the ledger changes. Something is gone: only that is removed,
/// where the platform allows, and the new delivery is added whole. Between such a removal and its add, the shared digests are at the
/// platform, so the ledger must not have "absent": it has "adding" under the new revision, by which they can be removed. If the platform
/// refuses one of the two, <see cref="Refusals"/> defines what is known then.
/// </para>
/// <para>
/// <b>Where jobs do the work</b>, a former delivery whose removal is refused does not become a residual delivery: a job may still hold it.
/// Its member is not sent again until it is removed.
/// </para>
/// </summary>
public sealed class PagePlanner(IDestination destination, IdentifierStore identifiers, Vault vault)
{
    public async Task<PagePlan> PlanAsync(Binding binding, Lane lane, List<LaneMember> page, CancellationToken cancellationToken)
    {
        var plan = new PagePlan([], [], [], []);
        var replaced = new List<LaneMember>();
        foreach (var member in page)
        {
            var step = Reconcile.For(member.Desired, member.Entry, member.Revision, destination.Normalizer, binding.Omitted);
            if (step != Step.Remove && !lane.Desired)
            {
                // Desired here after all: the other lane handles it.
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
                    plan.Removals.Add(Former(member) with { EndedAt = member.EndedAt });
                    break;
                case Step.Add:
                    plan.Adds.Add(
                        Current(binding, member) with
                        {
                            Before = member.Entry,
                            Unanswered = member.Entry,
                            SentAt = member.WrittenAt,
                        }
                    );
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
        var changes = await CompareAsync(
            binding,
            replaced.ConvertAll(member => new Replacing(member.Person, member.Entry, Current(binding, member).Entry(LedgerStatus.Adding))),
            cancellationToken
        );
        for (var i = 0; i < replaced.Count; i++)
        {
            Replace(replaced[i], Current(binding, replaced[i]), changes[i], plan);
        }
    }

    // When one of the revisions was destroyed, nothing can be compared.
    private async Task<IdentifierChange[]> CompareAsync(Binding binding, List<Replacing> people, CancellationToken cancellationToken)
    {
        var changes = new IdentifierChange[people.Count];
        Array.Fill(changes, IdentifierChange.Whole);
        var open = people.Count == 0 ? [] : await OpenAsync(binding, people, cancellationToken);
        var both = people
            .Index()
            .Where(one =>
                open.ContainsKey((one.Item.Person, one.Item.Was.Revision)) && open.ContainsKey((one.Item.Person, one.Item.Becomes.Revision))
            )
            .ToList();
        if (both.Count > 0)
        {
            var compared = destination.Compare([
                .. both.Select(one => new DeliveryChange(
                    MemberOf(open, one.Item.Person, one.Item.Was),
                    MemberOf(open, one.Item.Person, one.Item.Becomes)
                )),
            ]);
            for (var i = 0; i < both.Count; i++)
            {
                changes[both[i].Index] = compared[i];
            }
        }

        return changes;
    }

    // With a revision between the two, an address may have belonged to another member for a while and been removed with that member: what
    // looks the same is delivered again.
    private void Replace(LaneMember member, MemberDelivery current, IdentifierChange change, PagePlan plan)
    {
        if (change.Same && member.Entry.Status == LedgerStatus.Delivered && member.Revision - member.Entry.Revision <= 1)
        {
            plan.Moves.Add(new LedgerChange(member.Person, current.Entry(LedgerStatus.Delivered), null));
            return;
        }

        if (change.Gone == IdentifierParts.None)
        {
            plan.Adds.Add(current with { Before = member.Entry, Unanswered = member.Entry, SentAt = member.WrittenAt });
            return;
        }

        LedgerEntry? shared = change.Shared ? current.Entry(LedgerStatus.Adding) : null;
        plan.Removals.Add(Former(member) with { Parts = change.Gone, After = shared, Replaced = !destination.Limits.UsesJobs });
        plan.Adds.Add(current with { Before = shared ?? LedgerEntry.Absent });
    }

    /// <summary>What is to be removed of residual deliveries, in addition to the ledger entries of their people.</summary>
    public async Task<ResidualPlan> PlanResidualsAsync(Binding binding, List<ResidualDelivery> due, CancellationToken cancellationToken)
    {
        var plan = new ResidualPlan([], [], [], []);
        var overlapping = new List<ResidualDelivery>();
        foreach (var residual in due)
        {
            if (residual.Kind == ResidualKind.LateRemoval)
            {
                plan.Redeliver.Add((residual.Person, residual.Left.Revision));
            }

            var lost = residual.Kind == ResidualKind.LateRemoval ? MemberOperation.Remove : MemberOperation.Add;
            var step = InDoubtCalls.StepFor(lost, residual.Left, residual.Row);
            if (step != Step.Nothing && residual.InJob)
            {
                plan.Changed.Add(Change(residual, JobGaps.Longest));
            }
            else if (step == Step.Remove && Refusals.MayBeThere(residual.Row))
            {
                overlapping.Add(residual);
            }
            else if (step == Step.Remove)
            {
                // A job that removes the member holds the member, or an add that is needed in the meantime could end before it.
                LedgerEntry? after = destination.Limits.UsesJobs ? residual.Left with { Status = LedgerStatus.Absent } : null;
                plan.Removals.Add(Left(residual) with { After = after });
            }
            else
            {
                Drop(residual, plan);
                Redeliver(step, residual, plan);
            }
        }

        var changes = await CompareAsync(
            binding,
            overlapping.ConvertAll(residual => new Replacing(residual.Person, residual.Left, residual.Row)),
            cancellationToken
        );
        for (var i = 0; i < overlapping.Count; i++)
        {
            RemoveOverlapping(overlapping[i], changes[i], plan);
        }

        return plan;
    }

    // Sent once more by the add lane. No person twice: calls for the same person may have been lost under several deliveries.
    private static void Redeliver(Step step, ResidualDelivery residual, ResidualPlan plan)
    {
        if (step == Step.Add && !plan.Later.Contains(residual.Person))
        {
            plan.Moves.Add(new LedgerChange(residual.Person, residual.Row with { Status = LedgerStatus.Adding }, null));
            plan.Later.Add(residual.Person);
        }
    }

    private void RemoveOverlapping(ResidualDelivery residual, IdentifierChange change, ResidualPlan plan)
    {
        if (change.Gone == IdentifierParts.None)
        {
            // The current delivery names all of it.
            Drop(residual, plan);
            return;
        }

        // Removed whole, it may take with it what the current delivery put there, which is then sent once more.
        plan.Removals.Add(
            Left(residual) with
            {
                Parts = change.Gone,
                After = change.Shared ? null : residual.Row with { Status = LedgerStatus.Adding },
            }
        );
        if (!change.Shared)
        {
            plan.Later.Add(residual.Person);
        }
    }

    // A removal of it that was sent without a response may yet be carried out, and now the person is desired.
    private void Drop(ResidualDelivery residual, ResidualPlan plan)
    {
        plan.Changed.Add(Change(residual, rest: null));
        if (residual.SentAt is not null)
        {
            plan.Changed.Add(
                new ResidualChange(
                    residual.Person,
                    residual.Left,
                    ResidualKind.LateRemoval,
                    InDoubtCalls.TimeOf(destination.Limits.UsesJobs),
                    null
                )
            );
        }
    }

    private static ResidualChange Change(ResidualDelivery residual, TimeSpan? rest) =>
        new(residual.Person, residual.Left, residual.Kind, rest, null) { SentAt = residual.SentAt };

    private static MemberDelivery Left(ResidualDelivery residual) =>
        new(residual.Person, residual.Left.Revision, residual.Left.Normalizer)
        {
            Omitted = residual.Left.Omitted,
            Residual = residual.Kind,
            Unanswered = residual.SentAt is null ? null : residual.Left,
            SentAt = residual.SentAt,
        };

    private async Task<Dictionary<(PersonId Person, int Revision), PersonIdentifiers>> OpenAsync(
        Binding binding,
        List<Replacing> replaced,
        CancellationToken cancellationToken
    )
    {
        var people = replaced.SelectMany(one => new[] { one.Person.Value, one.Person.Value }).ToList();
        var revisions = replaced.SelectMany(one => new[] { one.Was.Revision, one.Becomes.Revision }).ToList();
        var sealedIdentifiers = await identifiers.ReadAsync(binding, MemberOperation.Add, people, revisions, cancellationToken);
        return sealedIdentifiers.ToDictionary(
            found => found.Key,
            found =>
                vault.OpenIdentifiers(found.Key.Person, found.Key.Revision, found.Value.KeyVersion, found.Value.Salt, found.Value.Cipher)
        );
    }

    private static MemberDelivery Former(LaneMember member) =>
        new(member.Person, member.Entry.Revision, member.Entry.Normalizer)
        {
            Omitted = member.Entry.Omitted,
            Before = member.Entry,
            Unanswered = member.Entry,
            SentAt = member.WrittenAt,
        };

    private MemberDelivery Current(Binding binding, LaneMember member) =>
        new(member.Person, member.Revision, destination.Normalizer) { Omitted = binding.Omitted, IsNew = member.IsNew };

    private static Member MemberOf(
        Dictionary<(PersonId Person, int Revision), PersonIdentifiers> open,
        PersonId person,
        LedgerEntry delivery
    ) => new(IdentifierChange.Omit(open[(person, delivery.Revision)], delivery.Omitted), delivery.Normalizer);

    // A delivery, and the one that takes its place.
    private readonly record struct Replacing(PersonId Person, LedgerEntry Was, LedgerEntry Becomes);
}
