using AudienceSync.Domain.History;
using AudienceSync.Domain.Membership;

namespace AudienceSync.Domain.Tests.History;

public sealed class HourlyCountsTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 30, 0, TimeSpan.Zero);

    private static readonly TimeSpan Window = TimeSpan.FromHours(5);

    private readonly HourlyCounts _counts = new();

    [Fact]
    public void An_add_counts_the_end_of_its_window_and_a_remove_in_time_reverses_it()
    {
        var added = new MembershipState(Start, null);
        _counts.Record(1, Window, MembershipState.Nothing, added, Start);
        Counts().ShouldBe(["0: 1 0 0 0", "5: 0 0 1 0"]);

        _counts.Record(1, Window, added, new MembershipState(Start, Start.AddHours(2)), Start.AddHours(2));
        Counts().ShouldBe(["0: 1 0 0 0", "2: 0 1 0 0"]);
    }

    [Fact]
    public void A_remove_recorded_after_the_window_is_not_counted_and_neither_is_an_add_recorded_too_late()
    {
        var added = new MembershipState(Start, null);
        _counts.Record(1, Window, MembershipState.Nothing, added, Start);
        _counts.Record(1, Window, added, new MembershipState(Start, Start.AddHours(1)), Start.AddHours(6));
        _counts.Record(1, Window, MembershipState.Nothing, added, Start.AddHours(7));
        Counts().ShouldBe(["0: 1 0 0 0", "5: 0 0 1 0"]);
    }

    [Fact]
    public void Two_people_found_to_be_one_count_as_one_fewer()
    {
        var (guest, customer) = (new MembershipState(Start, null), new MembershipState(Start.AddHours(1), null));
        _counts.Record(1, Window, MembershipState.Nothing, guest, Start);
        _counts.Record(1, Window, MembershipState.Nothing, customer, Start.AddHours(1));
        _counts.Join(1, Window, [guest, customer], [guest.With(customer)], Start.AddHours(2));
        Counts().ShouldBe(["0: 1 0 0 0", "1: 1 0 0 0", "2: 0 0 0 1", "6: 0 0 1 0"]);
    }

    private List<string> Counts() =>
        [
            .. _counts
                .Changes.OrderBy(one => one.Hour)
                .Select(one => $"{one.Hour.Hour}: {one.Change.Adds} {one.Change.Removes} {one.Change.Expiries} {one.Change.Joined}"),
        ];
}
