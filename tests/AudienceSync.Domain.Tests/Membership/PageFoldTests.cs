using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Domain.Permission;

namespace AudienceSync.Domain.Tests.Membership;

public sealed class PageFoldTests
{
    private static readonly Consent Granted = new(ConsentAnswer.Granted, ConsentAnswer.Granted);
    private static readonly PersonId Ann = PageWorld.Person(1);
    private static readonly PersonId Guest = PageWorld.Person(2);

    private readonly PageWorld _world = new();
    private readonly AudienceKeySet _keys = PageHistory.Keys();
    private long _position;

    private LiveMode Live => new(_keys, [], []);

    [Fact]
    public void A_first_add_is_a_new_row_and_an_earlier_one_is_superseded()
    {
        var row = _world.Fold([Added(Ann, day: 8)], Live).Rows.Single(row => row.KeyId == 1);
        (row.IsNew, row.Status, row.ChangedPos).ShouldBe((true, MembershipStatus.Present, 1));

        var second = _world.Fold([Added(Ann, day: 7)], Live);

        second.Rows.ShouldBeEmpty();
        (second.Applied, second.Superseded).ShouldBe((0, 1));
    }

    [Fact]
    public void A_key_that_is_not_published_is_a_value_not_an_exception()
    {
        var unknown = AudienceKey.Of("cart", 9);
        var reading = PageFold.Read([Logged(Ann, new AudienceMemberAdded(unknown, PageHistory.Day(1), "shop", default, null))], Live);

        reading.Facts.ShouldBeNull();
        reading.UnknownKey.ShouldBe(unknown.Value);
    }

    [Fact]
    public void A_link_moves_the_membership_to_the_owner_and_numbers_both_rows()
    {
        _world.Fold([Added(Guest, day: 8)], Live);
        var before = _world.ChangedPos;

        _world.Fold([Logged(Guest, new PersonLinked(Ann))], Live);

        var (root, anchor) = (_world.Rows[new RowId(Ann, 1)], _world.Rows[new RowId(Guest, 1)]);
        (root.Status, root.State).ShouldBe((MembershipStatus.Present, MembershipState.Nothing));
        anchor.Status.ShouldBe(MembershipStatus.Linked);
        Math.Min(root.ChangedPos, anchor.ChangedPos).ShouldBeGreaterThan(before);
    }

    [Fact]
    public void A_repeated_grant_needs_no_permissions_and_the_first_refusal_needs_the_history_once()
    {
        _world.Fold([Added(Ann, day: 6, Granted)], Live);
        _world.Fold([Added(Ann, day: 8, Granted)], Live);
        _world.PermissionsRead.ShouldBeEmpty();
        _world.HistoriesRead.ShouldBe(0);

        _world.Fold([Logged(Ann, new PersonConsentChanged(PageHistory.Day(7), "shop", new Consent(ConsentAnswer.Denied, default)))], Live);
        _world.HistoriesRead.ShouldBe(1);
        _world
            .Rows[new RowId(Ann, 1)]
            .Restrictions.ShouldBe(
                TargetingRestrictions.UserDataGranted | TargetingRestrictions.PersonalizationGranted | TargetingRestrictions.EverRefused
            );

        _world.Fold([Logged(Ann, new PersonConsentChanged(PageHistory.Day(9), "shop", new Consent(ConsentAnswer.Denied, default)))], Live);
        _world.HistoriesRead.ShouldBe(1, "from the first refusal on every fact is stored");
        _world.Rows[new RowId(Ann, 1)].Status.ShouldBe(MembershipStatus.Withheld);
    }

    [Fact]
    public void New_identifiers_number_every_row_of_the_person_again()
    {
        _world.Fold([Added(Ann, day: 8), Added(Guest, day: 8)], Live);
        var before = _world.ChangedPos;

        var changed = _world.Fold([Logged(Ann, new PersonIdentifiersChanged(2))], Live).Rows;

        changed.Select(row => row.Id).ShouldBe([new RowId(Ann, 1), new RowId(Ann, 3)], ignoreOrder: true);
        changed.ShouldAllBe(row => row.ChangedPos > before);
    }

    [Fact]
    public void Adds_and_removes_of_a_draining_version_are_counted_as_late()
    {
        var drain = new Drain(7, 1, Since: new Position(1), Until: new Position(3));
        LogEvent[] events = [Added(Ann, day: 1), Added(Ann, day: 2), Added(Guest, day: 3), Added(Ann, day: 4)];

        var late = _world.Fold(events, new LiveMode(_keys, [], [drain])).Late.ShouldHaveSingleItem();

        late.ShouldBe(new LateCount(7, 2, events[2].RecordedAt));
    }

    [Fact]
    public void Folding_changes_nothing_that_was_passed_to_it()
    {
        _world.Fold([Added(Ann, day: 6)], Live);
        var page = PageFold.Read([Added(Ann, day: 8), Added(Guest, day: 8)], Live).Facts.ShouldNotBeNull();
        var rows = _world.Rows.ToDictionary();
        var snapshot = new PageSnapshot(PageLinks.Of(new Dictionary<PersonId, PersonId>(), page), rows, FoldedPermissions.None);

        var first = PageFold.Fold(page, snapshot, 10, PageWorld.Now);
        var second = PageFold.Fold(page, snapshot, 10, PageWorld.Now);

        second.Rows.ShouldBe(first.Rows);
        (second.ChangedPos, second.Applied).ShouldBe((first.ChangedPos, first.Applied));
        rows.ShouldBe(_world.Rows);
    }

    [Fact]
    public void An_expired_row_gets_the_end_of_its_window_and_the_next_number()
    {
        _world.Fold([Added(Ann, day: 8), Added(Guest, day: 8)], Live);
        var rows = _world.Rows.Values.Where(row => row.KeyId == 1).ToList();

        var expired = PageFold.Expire(rows, 20);

        expired.Select(row => row.ChangedPos).ShouldBe([21, 22]);
        expired.ShouldAllBe(row => row.Status == MembershipStatus.Expired && row.Since == PageHistory.Day(13) && !row.IsNew);
    }

    private LogEvent Added(PersonId person, int day, Consent consent = default) =>
        Logged(person, new AudienceMemberAdded(PageHistory.First, PageHistory.Day(day), "shop", consent, null));

    private LogEvent Logged(PersonId person, IStoredEvent stored) => PageHistory.Logged(++_position, person, stored);
}
