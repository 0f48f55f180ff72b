using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Host.Audiences;

namespace AudienceSync.Host.Projection;

/// <summary>
/// Versions that have not yet taken over all rows that their predecessors had when they were published. Before any event of a page is
/// applied, such a version takes over the rows of its predecessor that the page has loaded. So each row is taken over as it was at the
/// publication, whether the sweep over the predecessor or an event reaches it first, and at any time the version is as if it had been
/// complete from the beginning.
/// </summary>
internal sealed class OpenSuccessorRows(Dictionary<(int KeyId, PersonId Person), MembershipRow> rows)
{
    /// <summary>In the order of publication, so that what one version takes over its own successor takes over, too.</summary>
    public IReadOnlyList<PublishedKey> Open { get; set; } = [];

    /// <summary>The rows to take over.</summary>
    public IEnumerable<(PublishedKey Successor, MembershipRow RowsOfPredecessors)> RowsOfPredecessors() =>
        Open.SelectMany(successor => RowsOfPredecessor(successor).Select(row => (successor, row)));

    /// <summary>The rows of a successor that change.</summary>
    public List<MembershipRow> TakeOver(PublishedKey successor)
    {
        var taken = new List<MembershipRow>();
        foreach (var row in RowsOfPredecessor(successor))
        {
            var known = rows.GetValueOrDefault((successor.KeyId, row.Person));
            var before = known?.State ?? MembershipState.Nothing;
            var state = before.With(row.State);
            if (state != before)
            {
                taken.Add(known is null
                    ? new MembershipRow(successor.KeyId, row.Person, state, default, row.Since, null, row.EventPos, 0) { IsNew = true }
                    : known with { State = state, EventPos = Math.Max(known.EventPos, row.EventPos) });
            }
        }

        return taken;
    }

    private IEnumerable<MembershipRow> RowsOfPredecessor(PublishedKey successor) => rows.Values.Where(row => row.KeyId == successor.InheritsFrom);
}
