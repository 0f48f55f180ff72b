using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Decisions;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.Audiences.Registry;
using AudienceSync.Host.Decisions;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Tests.Projecting;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.Decisions;

/// <summary>
/// Versions that inherit, asked for while the projector has not read their publication, while their rows are taken over, and afterwards;
/// and which version answers for the name of an audience.
/// </summary>
public sealed class DecisionSuccessorTests
{
    private const int People = 40;

    [Theory]
    [InlineData(71, 7)]
    [InlineData(72, 5_000)]
    public async Task A_successor_has_what_its_predecessors_have_from_its_publication_on(int seed, int pageEvents)
    {
        var random = new Random(seed);
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        using var stage = new ProjectionStage(workspace);
        var log = workspace.OpenLog();
        var state = DecisionHistoryTests.Open(workspace);
        var sent = new List<(int Version, string Customer, bool Add, DateTimeOffset At)>();
        for (var (round, versions) = (0, 1); round < 24; round++)
        {
            if (round is 6 or 12)
            {
                await PublishAsync(workspace, ++versions);
            }

            await SendAsync(workspace, log, sent, random, versions);
            if (random.Next(3) == 0)
            {
                await stage.ProjectAsync(pageEvents);
            }

            for (var n = 0; n < People; n += 3)
            {
                var customer = $"customer {n}";
                var names = Enumerable.Range(1, versions).Select(version => $"k0_v{version}").Append("k0").ToList();
                var alias = workspace.Webhooks.Alias(IdentifierKind.CustomerId, customer);
                var (facts, audiences) = await state.ReadAsync(new NamedAliases([alias]), names, default);
                DecisionHistoryTests
                    .Describe(Decision.Of(facts, audiences, DecisionFields.Audiences))
                    .ShouldBe(
                        [
                            "fallback=false",
                            .. Enumerable.Range(1, versions).Append(versions).Zip(names, (version, name) => $"in_{name}={IsIn(version)}"),
                        ],
                        $"seed {seed}, round {round}, {customer}"
                    );

                string IsIn(int version)
                {
                    var counted = sent.Where(one => one.Customer == customer && one.Version <= version).ToList();
                    var added = counted.Where(one => one.Add).Max(one => (DateTimeOffset?)one.At);
                    return added is not null && !(counted.Where(one => !one.Add).Max(one => (DateTimeOffset?)one.At) >= added)
                        ? "true"
                        : "false";
                }
            }
        }
    }

    [Fact]
    public async Task The_name_of_an_audience_means_the_version_that_feeds_it_and_not_a_newer_one()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        await new AudienceSync.Host.Sync.BindingStore(workspace.Database).DeclareAccountAsync(
            "main",
            "meta",
            consentRequired: false,
            default
        );
        await workspace.BindAsync(0, "main", "1001");
        var registry = new AudienceRegistry(new RegistryStore(workspace.Database, workspace.Clock));
        await registry.ExecuteAsync("k0", new PublishKey(2, new KeyTerms(null), "test", null), default);
        await workspace.OpenLog().AppendAsync([TestWebhooks.Request(workspace.Webhooks.Add("1", TestWorkspace.Start, "anna"))], default);
        var alias = workspace.Webhooks.Alias(IdentifierKind.CustomerId, "anna");

        // The copy of the keys does not have the new version yet: it is read because it is asked for.
        foreach (var names in new[] { new[] { "k0", "k0_v1", "k0_v2" }, [] })
        {
            var (facts, audiences) = await DecisionHistoryTests.Open(workspace).ReadAsync(new NamedAliases([alias]), names, default);
            var described = DecisionHistoryTests.Describe(Decision.Of(facts, audiences, DecisionFields.Audiences));
            described.ShouldContain("in_k0=true");
            described.ShouldBe(
                names.Length == 0 ? ["fallback=false", "in_k0=true"] : ["fallback=false", "in_k0=true", "in_k0_v1=true", "in_k0_v2=false"]
            );
        }
    }

    private static async Task PublishAsync(TestWorkspace workspace, int version)
    {
        var registry = new AudienceRegistry(new RegistryStore(workspace.Database, workspace.Clock));
        await registry.ExecuteAsync("k0", new PublishKey(version, new KeyTerms(null, Inherits: true), "test", null), default);
    }

    private static async Task SendAsync(
        TestWorkspace workspace,
        EventLogStore log,
        List<(int Version, string Customer, bool Add, DateTimeOffset At)> sent,
        Random random,
        int versions
    )
    {
        var events = new List<PendingEvent>();
        for (var n = 0; n < 12; n++)
        {
            var (version, at) = (random.Next(versions) + 1, TestWorkspace.Start.AddMinutes(-random.Next(1, 600)));
            var one = (version, $"customer {random.Next(People)}", random.Next(5) < 3, at);
            var key = AudienceKey.Of("k0", version);
            sent.Add(one);
            events.Add(
                workspace.Webhooks.Event(
                    $"event {sent.Count}",
                    one.Item3
                        ? new Domain.Events.AudienceMemberAdded(key, at, "test", default, null)
                        : new Domain.Events.AudienceMemberRemoved(key, at, "test", default, null),
                    at,
                    one.Item2
                )
            );
        }

        await log.AppendAsync([TestWebhooks.Request([.. events])], default);
    }
}
