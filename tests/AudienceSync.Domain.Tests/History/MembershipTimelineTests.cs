using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.History;
using AudienceSync.Domain.Membership;
using AudienceSync.Domain.Permission;

namespace AudienceSync.Domain.Tests.History;

public sealed class MembershipTimelineTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Intervals_follow_from_adds_removes_and_windows_in_any_order()
    {
        (Position, MembershipFact)[] memberships =
        [
            Fact(4, FactKind.Removed, 30),
            Fact(1, FactKind.Added, 0),
            Fact(3, FactKind.Added, 8),
            Fact(2, FactKind.Added, 25),
        ];

        MembershipTimeline
            .Of(memberships, [], TimeSpan.FromMinutes(10), ConsentPolicy.Assumed, Start.AddHours(1))
            .ShouldBe([
                new MembershipInterval(MembershipStatus.Present, At(0), At(18), new Position(1)),
                new MembershipInterval(MembershipStatus.Expired, At(18), At(25), new Position(3)),
                new MembershipInterval(MembershipStatus.Present, At(25), At(30), new Position(2)),
                new MembershipInterval(MembershipStatus.Removed, At(30), null, new Position(4)),
            ]);
    }

    [Fact]
    public void A_suppression_withholds_until_it_is_lifted_and_a_tie_is_a_removal()
    {
        (Position, MembershipFact)[] memberships = [Fact(1, FactKind.Added, 0), Fact(5, FactKind.Added, 20), Fact(4, FactKind.Removed, 20)];
        (Position, PermissionFact)[] permissions =
        [
            (new Position(3), new PermissionFact(PermissionTopic.Targeting, null, Yes: true, At(9))),
            (new Position(2), new PermissionFact(PermissionTopic.Targeting, null, Yes: false, At(5))),
        ];

        MembershipTimeline
            .Of(memberships, permissions, null, ConsentPolicy.Assumed, Start.AddHours(1))
            .Select(span => (span.Status, span.Since))
            .ShouldBe([
                (MembershipStatus.Present, At(0)),
                (MembershipStatus.Withheld, At(5)),
                (MembershipStatus.Present, At(9)),
                (MembershipStatus.Removed, At(20)),
            ]);
    }

    private static DateTimeOffset At(int minutes) => Start.AddMinutes(minutes);

    private static (Position, MembershipFact) Fact(long position, FactKind kind, int minutes) =>
        (new Position(position), new MembershipFact(kind, "k_v1", At(minutes)));
}
