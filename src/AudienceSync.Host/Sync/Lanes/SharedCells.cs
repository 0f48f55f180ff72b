using AudienceSync.Connectors;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Sync.Ledger;

namespace AudienceSync.Host.Sync.Lanes;

/// <summary>
/// Which identifiers of a member the remote audience also holds for another member.
/// <para>
/// <b>Per identifier.</b> A removal takes everything that was delivered for the member, except what another member of the remote audience
/// has now. That stays for the other: their ledger row names it, so it is removed when they are. An email address or phone number belongs
/// to another member when the identity store has it so; a device id, or a name with an address, belongs to no single person, so what was
/// delivered of these is kept in <see cref="HolderStore"/> as keyed digests.
/// </para>
/// <para>
/// <b>Where a removal matches people</b> (<see cref="DestinationLimits.MatchesPeople"/>), what is left out may be removed all the same, for
/// it was matched to the same human. There the other member is delivered again: marked before the call is sent, or, where jobs do the work
/// in any order, when the job ends. The same is done when a removal whose response was lost can no longer be carried out, for it may have
/// removed what belongs to another member by then.
/// </para>
/// </summary>
public sealed class SharedCells(HolderStore table, AliasDigester digester)
{
    /// <summary>The parts of an opened batch that may be shared. None for most members.</summary>
    public List<DeliveredCell> Of(IDestination destination, IReadOnlyList<MemberDelivery> deliveries, PersonIdentifiers?[] opened)
    {
        var found = new List<DeliveredCell>();
        var cells = new List<SharedCell>();
        for (var i = 0; i < opened.Length; i++)
        {
            if (opened[i] is not { } identifiers)
            {
                continue;
            }

            var delivery = deliveries[i];
            cells.Clear();
            destination.AddShared(new Member(identifiers, delivery.Normalizer), cells);
            foreach (var cell in cells)
            {
                found.Add(new DeliveredCell(delivery.Person, delivery.Revision, cell.Part, digester.Digest(destination.Platform, cell)));
            }
        }

        return found;
    }

    /// <summary>Records what is about to be delivered.</summary>
    /// <exception cref="LeaseLostException">The account's lease is held by another host; the call must not be made.</exception>
    public Task KeepAsync(Lease lease, List<DeliveredCell> cells, CancellationToken cancellationToken) =>
        cells.Count == 0 ? Task.CompletedTask : table.WriteCellsAsync(lease, cells, cancellationToken);

    /// <summary>The parts of each person that another member also holds.</summary>
    public async Task<Dictionary<(PersonId Person, int Revision), IdentifierParts>> FindHeldAsync(
        Binding binding,
        List<DeliveredCell> cells,
        CancellationToken cancellationToken
    )
    {
        var held = new Dictionary<(PersonId, int), IdentifierParts>();
        foreach (var place in cells.Count == 0 ? [] : await table.FindHeldAsync(binding, cells, cancellationToken))
        {
            var key = (cells[place].Person, cells[place].Revision);
            held[key] = held.GetValueOrDefault(key) | cells[place].Part;
        }

        return held;
    }

    /// <summary>
    /// Where a removal matches people: redelivers the members that hold what is left out of a removal that is about to be sent.
    /// </summary>
    /// <exception cref="LeaseLostException">The account's lease is held by another host; the call must not be made.</exception>
    public async Task RedeliverAsync(
        Lease lease,
        Binding binding,
        DestinationLimits limits,
        DeliveryCall call,
        List<Member> members,
        CancellationToken cancellationToken
    )
    {
        if (!limits.MatchesPeople || limits.UsesJobs)
        {
            return;
        }

        var removed = new List<(PersonId, int)>();
        foreach (var (member, index) in members.Zip(call.SentIndexes()))
        {
            // For a member with only an id of ours left, nothing is sent.
            var delivery = call.Deliveries[index];
            if (delivery.Kept != IdentifierParts.None && member.Identifiers is not { Email: null, Phone: null, Details: null })
            {
                removed.Add((delivery.Person, delivery.Revision));
            }
        }

        if (removed.Count > 0)
        {
            await table.RedeliverAsync(lease, binding, removed, cancellationToken);
        }
    }
}
