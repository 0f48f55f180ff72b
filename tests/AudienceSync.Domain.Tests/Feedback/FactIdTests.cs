using AudienceSync.Domain.Feedback;

namespace AudienceSync.Domain.Tests.Feedback;

public sealed class FactIdTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    private static readonly Guid Person = new("0198f1a0-0000-7000-8000-000000000001");

    [Fact]
    public void The_same_fact_has_the_same_id_and_it_is_a_ULID()
    {
        var id = FactId.Derive(At, "shop", "meta_main", 7, Person, "audience_synced");

        id.ShouldBe(FactId.Derive(At, "shop", "meta_main", 7, Person, "audience_synced"));
        id.Text.Length.ShouldBe(FactId.Chars);
        id.Text.ShouldAllBe(c => "0123456789ABCDEFGHJKMNPQRSTVWXYZ".Contains(c));
    }

    // The first ten digits of a ULID are its time.
    [Fact]
    public void The_time_part_is_the_time_of_the_fact()
    {
        var text = FactId.Derive(At, "shop", "meta_main", 7, Person, "audience_synced").Text[..10];

        text.Aggregate(0L, (time, digit) => (time << 5) | (long)"0123456789ABCDEFGHJKMNPQRSTVWXYZ".IndexOf(digit))
            .ShouldBe(At.ToUnixTimeMilliseconds());
    }

    [Fact]
    public void Every_part_of_a_fact_is_part_of_its_id()
    {
        FactId[] ids =
        [
            FactId.Derive(At, "shop", "meta_main", 7, Person, "audience_synced"),
            FactId.Derive(At.AddSeconds(1), "shop", "meta_main", 7, Person, "audience_synced"),
            FactId.Derive(At, "shopm", "eta_main", 7, Person, "audience_synced"),
            FactId.Derive(At, "shop", "meta_main", 8, Person, "audience_synced"),
            FactId.Derive(At, "shop", "meta_main", 7, Guid.Empty, "audience_synced"),
            FactId.Derive(At, "shop", "meta_main", 7, Person, "audience_removed"),
        ];

        ids.Distinct().Count().ShouldBe(ids.Length);
        ids.Select(id => id.Text[10..]).Distinct().Count().ShouldBe(ids.Length - 1, "the time is not part of the hash");
    }
}
