using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using AudienceSync.Domain.Experiments;
using AudienceSync.Domain.Exposures;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using Xunit.Abstractions;

namespace AudienceSync.Domain.Tests.Experiments;

/// <summary>The arm of a person, as docs/exposures.md states it.</summary>
public sealed class ArmRuleTests(ITestOutputHelper output)
{
    [Fact]
    public void The_bucket_is_the_documented_formula_for_any_salt_and_person()
    {
        var seed = 20_261_201;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        foreach (var salt in new[] { "spring_holdout", "x", "größe 7", new string('s', ExperimentTerms.SaltBytes) })
        {
            for (var n = 0; n < 500; n++)
            {
                var person = Person(random);
                var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{salt}:{person.Value}"));
                var expected = (int)(new BigInteger(hash.AsSpan(0, 8), isUnsigned: true, isBigEndian: true) % 10_000);
                ArmRule.BucketOf(salt, person).ShouldBe(expected);
            }
        }
    }

    // Nobody's arm may change with a later version of the program.
    [Fact]
    public void The_bucket_of_a_known_person_stays_what_it_was() =>
        ArmRule.BucketOf("spring_holdout", new PersonId(Guid.Parse("0198b2f0-0000-7000-8000-000000000001"))).ShouldBe(1_126);

    [Theory]
    [InlineData(1, 1_000)]
    [InlineData(2, 5_000)]
    [InlineData(3, 100)]
    [InlineData(4, 3_333)]
    [InlineData(5, 9_900)]
    public void Arms_have_their_share_within_three_sigma(int seed, int share)
    {
        const int People = 200_000;
        var random = new Random(seed);
        var holdout = new Holdout("x", $"salt {seed}", share);
        var held = Enumerable.Range(0, People).Count(_ => ArmRule.ArmOf(holdout, Person(random)) == ExposureArm.Holdout);
        var (expected, sigma) = (People * share / 10_000.0, Math.Sqrt(People * (share / 10_000.0) * (1 - (share / 10_000.0))));
        output.WriteLine($"seed {seed}, share {share}: {held} of {People} held out, {(held - expected) / sigma:0.00} sigma");

        Math.Abs(held - expected).ShouldBeLessThan(3 * sigma, $"seed {seed}");
        SampleRatio.Of(People - held, held, share).ChiSquare.ShouldBe(Math.Pow((held - expected) / sigma, 2), 0.001);
    }

    [Fact]
    public void Another_salt_divides_people_independently()
    {
        const int People = 100_000;
        var random = new Random(6);
        var (one, other) = (new Holdout("a", "a", 2_000), new Holdout("b", "b", 2_000));
        var both = 0;
        for (var n = 0; n < People; n++)
        {
            var person = Person(random);
            both += ArmRule.ArmOf(one, person) == ExposureArm.Holdout && ArmRule.ArmOf(other, person) == ExposureArm.Holdout ? 1 : 0;
        }

        output.WriteLine($"seed 6: {both} held out by both, {People * 0.04} expected");
        Math.Abs(both - (People * 0.04)).ShouldBeLessThan(3 * Math.Sqrt(People * 0.04 * 0.96));
    }

    [Fact]
    public void Only_who_would_be_sent_can_be_held_out()
    {
        var everybody = new Holdout("x", "x", ArmRule.Buckets);
        foreach (var status in Enum.GetValues<MembershipStatus>())
        {
            ArmRule
                .ApplyTo(status, everybody, new PersonId(Guid.Empty))
                .ShouldBe(status is MembershipStatus.Present or MembershipStatus.Limited ? MembershipStatus.HeldOut : status);
        }
    }

    [Fact]
    public void The_oldest_anchor_is_the_one_whose_id_was_drawn_first()
    {
        var first = new PersonId(Guid.Parse("0198b2f0-0000-7fff-bfff-ffffffffffff"));
        var later = new PersonId(Guid.Parse("0198b2f0-0001-7000-8000-000000000000"));
        ArmRule.OldestOf([later, first]).ShouldBe(first);
        ArmRule.OldestOf([first, later]).ShouldBe(first);
    }

    private static PersonId Person(Random random)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        return new PersonId(new Guid(bytes));
    }
}
