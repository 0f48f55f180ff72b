using AudienceSync.Domain.Events;

namespace AudienceSync.Domain.Membership;

/// <summary>
/// Folds one page of the log over the rows it touches. Pure: the live projector, a takeover by a successor, an expiry and the catch-up
/// after a rebuild use the same functions. <see cref="Read"/> the page, load what <see cref="PageNeeds"/> names step by step into a
/// <see cref="PageSnapshot"/>, and <see cref="Fold"/>.
/// <para>
/// Each anchor has the state from its own events in its own row. The status of a person follows from all of the person's anchors and is
/// stored in the row of the root, so a new or changed link only moves rows from one sum to another (docs/decisions/0009).
/// </para>
/// </summary>
public static class PageFold
{
    /// <summary>Reads the events of a page.</summary>
    public static PageReading Read(IReadOnlyList<LogEvent> events, FoldMode mode) => PageReader.Read(events, mode);

    /// <summary>
    /// A page without events: its rows are taken over. All open successors' rows are needed, because what one takes over, its own takes
    /// over too.
    /// </summary>
    public static PageFacts TakeOver(IReadOnlyList<MembershipRow> rows, LiveMode mode)
    {
        var page = new PageFacts(mode, events: 0);
        foreach (var row in rows)
        {
            page.NeedRow(row.KeyId, row.Person);
            foreach (var successor in mode.OpenSuccessors)
            {
                page.NeedRow(successor.KeyId, row.Person);
            }
        }

        return page;
    }

    /// <summary>
    /// A page without events: the arms of its rows are determined again, because an experiment on their audience started or ended.
    /// </summary>
    public static PageFacts Assign(IReadOnlyList<MembershipRow> rows, FoldMode mode)
    {
        var page = new PageFacts(mode, events: 0);
        foreach (var row in rows)
        {
            page.NeedRow(row.KeyId, row.Person);
            page.Assigned.Add(row.Id);
        }

        return page;
    }

    /// <summary>Folds a page.</summary>
    /// <param name="page">The facts of the page.</param>
    /// <param name="snapshot">What they are folded over.</param>
    /// <param name="changedPos">The last number assigned to a changed row before.</param>
    /// <param name="now">The time at which windows are evaluated.</param>
    public static PageResult Fold(PageFacts page, PageSnapshot snapshot, long changedPos, DateTimeOffset now) =>
        new RowFold(page, snapshot, changedPos, now).Run();

    /// <summary>Marks rows whose window has passed as expired.</summary>
    public static IReadOnlyList<MembershipRow> Expire(IReadOnlyList<MembershipRow> rows, long changedPos) =>
        [.. rows.Select((row, n) => RowRule.OfExpired(row.Content).ToRow(row.Id, row.Own, changedPos + n + 1, isNew: false))];
}
