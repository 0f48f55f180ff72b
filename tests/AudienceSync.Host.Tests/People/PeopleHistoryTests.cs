using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Privacy.Keys;
using AudienceSync.Host.Sync;
using AudienceSync.Host.Sync.Accounts;
using AudienceSync.Host.Sync.Lanes;
using AudienceSync.Host.Sync.Ledger;
using AudienceSync.Host.Sync.Runs;
using AudienceSync.Host.Tests.Ingest.Append;
using AudienceSync.Host.Tests.Projecting;
using AudienceSync.Host.Tests.Workspaces;
using Microsoft.Extensions.Logging.Abstractions;

namespace AudienceSync.Host.Tests.People;

/// <summary>Guests, customers, shared and changed addresses, in any order: the platform's list follows from the events.</summary>
public sealed class PeopleHistoryTests
{
    [Theory]
    [InlineData(1, 1, 5_000, "assumed")]
    [InlineData(2, 40, 11, "key requires")]
    [InlineData(3, 500, 700, "destination requires")]
    [InlineData(4, 12, 5_000, "assumed")]
    public async Task In_any_order_everyone_who_may_be_targeted_is_reached_by_their_own_addresses_and_no_one_else_is(
        int seed,
        int batchEvents,
        int pageEvents,
        string consent
    )
    {
        var random = new Random(seed);
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        if (consent == "key requires")
        {
            workspace.RequireConsent();
        }

        using var stage = new ProjectionStage(workspace);
        var stories = Enumerable
            .Range(0, batchEvents == 1 ? 60 : 300)
            .Select(number => new PeopleStory(workspace.Webhooks, number, random))
            .ToList();
        var events = stories.SelectMany(story => story.Events).ToArray();
        random.Shuffle(events);
        var platform = new SetOfAddresses();
        var account = await OpenAccountAsync(workspace, platform, consentRequired: consent == "destination requires");
        var log = workspace.OpenLog();

        // Synced several times in between, so that the desired state changes while another is delivered.
        foreach (var part in events.Chunk((events.Length / 4) + 1))
        {
            foreach (var batch in part.Chunk(batchEvents))
            {
                await log.AppendAsync([new PendingRequest(batch, [], default, TestWorkspace.Start)], default);
            }

            await stage.ProjectAsync(pageEvents);
            await account.SettleAsync();
        }

        var demand = new Demand(0, null, consent == "key requires");
        foreach (var story in stories)
        {
            story.StoryEvents.ToList().ForEach(story.People.Apply);
            platform
                .Held.Where(story.HasAddress)
                .Order(StringComparer.Ordinal)
                .ShouldBe(
                    story.Held("main", demand, consent == "destination requires").Order(StringComparer.Ordinal),
                    $"seed {seed}, in this order:\n{story.DescribeInOrder(events)}\n{await RowsAsync(workspace, story)}"
                );
        }

        await LogChecks.VerifyAsync(workspace);
    }

    private static async Task<string> RowsAsync(TestWorkspace workspace, PeopleStory story) =>
        string.Join(
            '\n',
            await workspace.RowsAsync(
                $"""
                select p.person, p.kind, p.owner, 'rev', p.revision, p.email is not null, p.phone is not null, 'state', m.state, m.added_at,
                  m.removed_at, m.restrictions, m.restricted_at, 'ledger', l.status, l.revision
                from people p left join membership m on m.person = p.person left join ledger l on l.person = p.person
                where p.person in (select stream_id from mt_events where id in ({string.Join(
                    ',',
                    story.Events.Select(pending => $"'{pending.Id}'")
                )}))
                """
            )
        );

    private static async Task<ManualAccount> OpenAccountAsync(TestWorkspace workspace, SetOfAddresses platform, bool consentRequired)
    {
        var bindings = new BindingStore(workspace.Database);
        await bindings.DeclareAccountAsync("main", "meta", consentRequired, default);
        await workspace.BindAsync(0, "main", "1001");
        var lease = (await new LeaseStore(workspace.Database, "hand").TryClaimAsync("account:main", default)).ShouldNotBeNull();
        var (deliveries, identifiers) = (new DeliveryStore(workspace.Database), new IdentifierStore(workspace.Database));
        var budget = new CallBudget("main", [], new BudgetStore(workspace.Database), workspace.Clock);
        var calls = new MemberCalls(
            deliveries,
            identifiers,
            workspace.Vault,
            platform,
            budget,
            workspace.Shared,
            new CallSeal(new MasterKeys(workspace.Master)),
            workspace.Clock
        );
        var pass = new LaneProcessor(
            "main",
            platform,
            new LaneStore(workspace.Database),
            deliveries,
            new PagePlanner(platform, identifiers, workspace.Vault),
            calls,
            () => 0.5,
            workspace.Clock,
            NullLogger.Instance
        );
        return new ManualAccount(new AccountStore(workspace.Database), pass, lease);
    }

    /// <summary>Processes the lanes to their ends, removals first.</summary>
    private sealed class ManualAccount(AccountStore store, LaneProcessor pass, Lease lease)
    {
        public async Task SettleAsync()
        {
            foreach (var lane in new[] { Lane.Removals, Lane.Adds })
            {
                var deadline = Deadline.In();
                while (
                    await pass.RunAsync(lease, (await store.ReadBindingsAsync("main", default)).ShouldHaveSingleItem(), lane, default)
                    != RunEnd.Empty
                )
                {
                    deadline.Check("an empty lane");
                }
            }
        }
    }
}
