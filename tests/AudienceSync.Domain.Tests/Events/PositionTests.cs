using AudienceSync.Domain.Events;

namespace AudienceSync.Domain.Tests.Events;

public sealed class PositionTests
{
    [Fact]
    public void Positions_are_ordered_as_their_numbers()
    {
        var (one, two) = (new Position(1), new Position(2));
        (Position.Start < one && one < two && two > one && one <= two && two >= one).ShouldBeTrue();
        (two < one || one > two || two <= one || one >= two).ShouldBeFalse();
        one.CompareTo(two).ShouldBeLessThan(0);
        new Position(1_234_567).ToString().ShouldBe("1234567");
    }
}
