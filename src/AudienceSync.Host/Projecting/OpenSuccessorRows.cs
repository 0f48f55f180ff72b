using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Host.Storage.Audiences;
using AudienceSync.Host.Storage.Membership;

namespace AudienceSync.Host.Projecting;

/// <summary>
/// Versions that have not yet taken over all that their predecessors had been told when they were published. Before anybody of a page is told anything,
/// such a version takes over the rows of his predecessor that the page has loaded. So each row is taken over as it stood at the publication, whether the walk
/// over the predecessor or an event comes to it first, and the version stands at any time as if it had been whole from the beginning.
/// </summary>
internal sealed class OpenSuccessorRows(Dictionary<(int KeyId, PersonId Person), MembershipRow> rows)
{
    /// <summary>In the order of publication, so that what one has taken over its own heir takes over, too.</summary>
    public IReadOnlyList<PublishedKey> Open { get; set; } = [];

    /// <summary>What is to be taken over.</summary>
    public IEnumerable<(PublishedKey Successor, MembershipRow RowsOfPredecessors)> RowsOfPredecessors() => Open.SelectMany(successor => RowsOfPredecessor(successor).Select(row => (successor, row)));

    /// <summary>The rows of an heir that change.</summary>
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
