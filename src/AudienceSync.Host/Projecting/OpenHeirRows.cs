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
internal sealed class OpenHeirRows(Dictionary<(int KeyId, PersonId Person), MembershipRow> rows)
{
    /// <summary>In the order of publication, so that what one has taken over its own heir takes over, too.</summary>
    public IReadOnlyList<PublishedKey> Open { get; set; } = [];

    /// <summary>What is to be taken over.</summary>
    public IEnumerable<(PublishedKey Heir, MembershipRow Told)> Told() => Open.SelectMany(heir => ToldOf(heir).Select(row => (heir, row)));

    /// <summary>The rows of an heir that change.</summary>
    public List<MembershipRow> TakeOver(PublishedKey heir)
    {
        var taken = new List<MembershipRow>();
        foreach (var told in ToldOf(heir))
        {
            var known = rows.GetValueOrDefault((heir.KeyId, told.Person));
            var before = known?.State ?? MembershipState.Nothing;
            var state = before.With(told.State);
            if (state != before)
            {
                taken.Add(known is null
                    ? new MembershipRow(heir.KeyId, told.Person, state, default, told.Since, null, told.EventPos, 0) { IsNew = true }
                    : known with { State = state, EventPos = Math.Max(known.EventPos, told.EventPos) });
            }
        }

        return taken;
    }

    private IEnumerable<MembershipRow> ToldOf(PublishedKey heir) => rows.Values.Where(row => row.KeyId == heir.InheritsFrom);
}
