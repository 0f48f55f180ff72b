using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Domain.Permission;

namespace AudienceSync.Domain.Tests.Membership;

/// <summary>
/// The permission fold alone: random pages over anchors whose links move, compared with a sum over all facts ever received.
/// </summary>
public sealed class PermissionFoldTests
{
    // Two customers, two e-mails, two phones: an anchor is always linked to a stronger one.
    private static readonly PersonId[] Anchors = [.. Enumerable.Range(1, 6).Select(n => new PersonId(new Guid(n, 0, 0, new byte[8])))];

    private readonly Dictionary<PersonId, Permissions> _rows = [];
    private readonly Dictionary<PersonId, List<PermissionFact>> _streams = Anchors.ToDictionary(
        anchor => anchor,
        _ => new List<PermissionFact>()
    );
    private readonly Dictionary<PersonId, PersonId> _links = [];
    private readonly Dictionary<PersonId, TargetingRestrictions> _restrictions = Anchors.ToDictionary(
        anchor => anchor,
        _ => TargetingRestrictions.None
    );

    [Theory]
    [InlineData(1, 0.1)]
    [InlineData(2, 0.02)]
    [InlineData(3, 0.4)]
    [InlineData(4, 0)]
    public void Restrictions_equal_a_sum_over_all_facts_and_after_the_first_refusal_every_fact_is_kept(int seed, double refusals)
    {
        var random = new Random(seed);
        var refused = 0;
        for (var world = 0; world < 300; world++)
        {
            Reset();
            for (var page = 0; page < 12; page++)
            {
                Play(random, refusals, $"seed {seed}, world {world}, page {page}");
            }

            refused += Anchors.Count(anchor => SumOf(anchor).EverRefused);
        }

        (refused > 0).ShouldBe(refusals > 0);
    }

    [Fact]
    public void A_person_without_refusals_is_not_read_again_and_a_repeated_grant_needs_no_row()
    {
        var anchor = Anchors[0];
        var yes = new PermissionFact(PermissionTopic.UserData, null, true, At(1));
        Page([(anchor, yes)], []).ShouldBe(0);
        _restrictions[anchor].ShouldBe(TargetingRestrictions.UserDataGranted);
        Page([(anchor, yes with { At = At(5) })], []).ShouldBe(0);
        _rows[anchor].UserData.YesAt.ShouldBe(At(1), "the second grant changed nothing and was not written");

        Page([(anchor, yes with { Yes = false, At = At(3) })], []).ShouldBe(1, "now the times are needed");
        _rows[anchor].UserData.YesAt.ShouldBe(At(5));
        _restrictions[anchor].ShouldBe(TargetingRestrictions.UserDataGranted | TargetingRestrictions.EverRefused);
    }

    [Fact]
    public void A_stored_grant_is_not_written_again_when_no_membership_row_has_it()
    {
        var anchor = Anchors[0];
        var yes = new PermissionFact(PermissionTopic.UserData, null, true, At(1));
        var needs = new PermissionNeeds(AnchorGroups.None, [new AnchorPermission(anchor, yes with { At = At(5) })], [anchor]);
        needs.Anchors.ShouldBe([anchor.Value]);
        var histories = needs.With(new Dictionary<PersonId, Permissions> { [anchor] = Permissions.Unspecified.Apply(yes) });
        histories.Anchors.ShouldBeEmpty();

        var folded = histories.With(new Dictionary<PersonId, List<PermissionFact>>());

        folded.Restricted.ShouldBeEmpty();
        folded.Changed.ShouldBeEmpty();
        folded.Sums[anchor].Restrictions.ShouldBe(TargetingRestrictions.UserDataGranted);
    }

    private void Reset()
    {
        _rows.Clear();
        _links.Clear();
        foreach (var anchor in Anchors)
        {
            _streams[anchor].Clear();
            _restrictions[anchor] = TargetingRestrictions.None;
        }
    }

    private void Play(Random random, double refusals, string because)
    {
        var links = new Dictionary<PersonId, PersonId>();
        for (var n = random.Next(4) == 0 ? random.Next(1, 3) : 0; n > 0; n--)
        {
            var kind = random.Next(1, 3);
            links[Anchors[(kind * 2) + random.Next(2)]] = Anchors[random.Next(kind * 2)];
        }

        var facts = Enumerable.Range(0, random.Next(5)).Select(_ => (Anchors[random.Next(6)], Fact(random, refusals))).ToList();
        Page(facts, links);
        foreach (var root in Anchors.Where(anchor => !_links.ContainsKey(anchor)))
        {
            var group = Anchors.Where(anchor => RootOf(anchor) == root).ToList();
            var sum = group.Select(SumOf).Aggregate((one, other) => one.With(other));
            _restrictions[root].ShouldBe(sum.Restrictions, because);
            if (sum.EverRefused)
            {
                group.ForEach(anchor =>
                    Describe(_rows.GetValueOrDefault(anchor, Permissions.Unspecified)).ShouldBe(Describe(SumOf(anchor)), because)
                );
            }
        }
    }

    // The same steps as in the projector. Returns how many streams were read.
    private int Page(List<(PersonId Anchor, PermissionFact Fact)> facts, Dictionary<PersonId, PersonId> links)
    {
        var page = PageLinks.Of(new Dictionary<PersonId, PersonId>(_links), links, []);
        var noted = new List<AnchorPermission>();
        foreach (var (anchor, fact) in facts)
        {
            _streams[anchor].Add(fact);
            if (page.EverLinked.Contains(anchor) || !IsRepeated(anchor, fact))
            {
                noted.Add(new AnchorPermission(anchor, fact));
            }
        }

        var roots = noted.Select(one => one.Anchor).Concat(links.Count > 0 ? page.EverLinked : []).Select(page.Groups.RootOf).ToHashSet();
        var needs = new PermissionNeeds(page.Groups, noted, roots);
        var histories = needs.With(
            _rows.Where(row => needs.Anchors.Contains(row.Key.Value)).ToDictionary(row => row.Key, row => row.Value)
        );
        Keep(
            histories.With(histories.Anchors.ToDictionary(anchor => new PersonId(anchor), anchor => _streams[new PersonId(anchor)])),
            links
        );
        return histories.Anchors.Count;
    }

    private void Keep(FoldedPermissions folded, Dictionary<PersonId, PersonId> links)
    {
        foreach (var (anchor, permissions) in folded.Changed)
        {
            _rows[anchor] = permissions;
        }

        foreach (var (anchor, owner) in links)
        {
            _links[anchor] = owner;
        }

        foreach (var (root, sum) in folded.Sums)
        {
            _restrictions[root] = sum.Restrictions;
        }
    }

    // What the projector reads from the membership row of a single person.
    private bool IsRepeated(PersonId anchor, PermissionFact fact)
    {
        var granted = fact switch
        {
            { Yes: true, Topic: PermissionTopic.UserData } => TargetingRestrictions.UserDataGranted,
            { Yes: true, Topic: PermissionTopic.Personalization } => TargetingRestrictions.PersonalizationGranted,
            _ => TargetingRestrictions.None,
        };
        return granted != TargetingRestrictions.None && (_restrictions[anchor] & (granted | TargetingRestrictions.EverRefused)) == granted;
    }

    private Permissions SumOf(PersonId anchor) => _streams[anchor].Aggregate(Permissions.Unspecified, (sum, fact) => sum.Apply(fact));

    private PersonId RootOf(PersonId anchor) => _links.TryGetValue(anchor, out var owner) ? RootOf(owner) : anchor;

    private static string Describe(Permissions permissions) =>
        $"{permissions.UserData} {permissions.Personalization} {permissions.Targeting} {permissions.ErasingAt} "
        + string.Join(", ", permissions.TargetingAt.OrderBy(sent => sent.Key, StringComparer.Ordinal));

    private static PermissionFact Fact(Random random, double refusals)
    {
        var topic = random.NextDouble() < refusals / 20 ? PermissionTopic.Existence : (PermissionTopic)random.Next(1, 4);
        var destination = topic == PermissionTopic.Targeting && random.Next(2) == 0 ? $"d{random.Next(2)}" : null;
        return new PermissionFact(
            topic,
            destination,
            topic != PermissionTopic.Existence && random.NextDouble() >= refusals,
            At(random.Next(9))
        );
    }

    private static DateTimeOffset At(int minute) => DateTimeOffset.UnixEpoch.AddMinutes(minute);
}
