using AudienceSync.Bench.Normalize;

namespace AudienceSync.Bench.Tests;

public sealed class NormalizeBenchTests
{
    [Fact]
    public void Every_person_has_all_their_cells_at_all_three_platforms()
    {
        var run = new NormalizeBench(people: 500, seed: 7).Run(TimeSpan.FromMilliseconds(50), CancellationToken.None);

        // Meta hashes seven fields, Google four, TikTok two; Google also has a plain postal code and country.
        run.HashedCells.ShouldBe(13);
        run.BytesPerPerson.ShouldBeInRange((13 * 64) + 2 + 5, (13 * 64) + 2 + 10);
        run.PeoplePerSecond.ShouldBeGreaterThan(0);
        run.HashesOnlyPerSecond.ShouldBeGreaterThan(0);
    }
}
