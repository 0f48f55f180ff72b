using System.Text.Json;
using System.Text.Json.Nodes;
using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Registry;
using AudienceSync.Host.Tests.Serving;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten;
using Marten.Events.Daemon;
using Marten.Events.Daemon.Internals;
using Marten.Subscriptions;

namespace AudienceSync.Host.Tests.EventStore;

/// <summary>
/// A team's own program opens a workspace that a Host fills: a plain Marten store, configured by <see cref="WorkspaceEvents"/>, with a
/// connection of its own.
/// </summary>
public sealed class PlainStoreTests : IAsyncLifetime
{
    private const string Audience = "high_intent_cart_7d";

    private readonly TestHostOptions _options = new() { Audiences = [new TestAudience(Audience, 7)] };
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync(_options);

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task The_schema_is_the_one_that_Marten_would_make()
    {
        await using var store = Open();

        await store.Storage.Database.AssertDatabaseMatchesConfigurationAsync();
    }

    [Fact]
    public async Task Marten_fetches_the_streams_that_the_Host_wrote()
    {
        await SendAsync("add", "ann", 0);
        await SendAsync("remove", "ann", 5);
        await using var store = Open();
        await using var session = store.QuerySession();

        var person = await _host.ScalarAsync<Guid>("select person from people");
        var events = await session.Events.FetchStreamAsync(person);
        events.Select(stored => stored.Data.GetType()).ShouldBe([typeof(AudienceMemberAdded), typeof(AudienceMemberRemoved)]);
        events.Select(stored => stored.Version).ShouldBe([1, 2]);
        var audience = await session.Events.FetchStreamAsync(AudienceStream.IdOf(Audience));
        audience.ShouldAllBe(stored => stored.Data is IRegistryEvent);
        audience.Count.ShouldBe(
            (int)await _host.ScalarAsync<long>($"select count(*) from mt_events where stream_id = '{AudienceStream.IdOf(Audience)}'")
        );
    }

    [Fact]
    public async Task An_aggregated_audience_is_the_one_that_the_Host_answers()
    {
        await using var store = Open();
        await using var session = store.QuerySession();

        var aggregated = (await session.Events.AggregateStreamAsync<AudienceStream>(AudienceStream.IdOf(Audience)))!;

        var answered = await _host.GetAsync($"/v1/audiences/{Audience}");
        answered.GetProperty("audience").GetString().ShouldBe(aggregated.Audience.Name);
        answered.GetProperty("paused").GetBoolean().ShouldBe(aggregated.Audience.Paused);
        answered
            .GetProperty("keys")
            .EnumerateArray()
            .Select(version => version.GetProperty("key").GetString())
            .ShouldBe(aggregated.Audience.Versions.Keys.Select(version => AudienceKey.Of(Audience, version).Value));
        aggregated.Version.ShouldBe(await _host.ScalarAsync<long>($"select version from mt_streams where id = '{aggregated.Id}'"));
    }

    [Fact]
    public async Task Aggregated_people_have_the_memberships_that_the_Host_projected()
    {
        for (var n = 0; n < 40; n++)
        {
            await SendAsync("add", $"p{n}", n);
            if (n % 3 == 0)
            {
                await SendAsync("remove", $"p{n}", n % 2 == 0 ? n + 1 : n - 1);
            }
        }

        await _host.WaitUntilQuietAsync();
        await using var store = Open();
        await using var session = store.QuerySession();

        foreach (var (person, present) in await PeopleAsync())
        {
            var aggregated = (await session.Events.AggregateStreamAsync<PersonStream>(person))!;
            aggregated.Keys[AudienceKey.Of(Audience, 1)].IsPresent.ShouldBe(present, $"{person}");
        }
    }

    [Fact]
    public async Task A_subscription_in_a_daemon_of_its_own_sees_every_event_once_and_in_order()
    {
        var seen = new Collector();
        await using var store = Open(options => options.Projections.Subscribe(seen, subscription => subscription.Name = "team"));
        using var daemon = await store.BuildProjectionDaemonAsync();
        await daemon.StartAllAsync();
        for (var n = 0; n < 30; n++)
        {
            await SendAsync("add", $"p{n}", n);
        }

        await daemon.WaitForNonStaleData(TimeSpan.FromSeconds(30));

        var stored = JsonSerializer.Deserialize<List<long>>(
            await _host.ScalarAsync<string>("select json_agg(seq_id order by seq_id)::text from mt_events")
        )!;
        seen.Positions.ShouldBe(stored);
        await daemon.StopAllAsync();
    }

    private DocumentStore Open(Action<StoreOptions>? more = null) =>
        DocumentStore.For(options =>
        {
            options.Connection(_host.Database);
            WorkspaceEvents.Configure(options, new WorkspaceName("default"), TimeProvider.System);
            more?.Invoke(options);
        });

    private async Task<List<(Guid Person, bool Present)>> PeopleAsync()
    {
        var json = await _host.ScalarAsync<string>(
            "select json_agg(json_build_object('p', person, 's', state) order by person)::text from membership"
        );
        return [.. JsonNode.Parse(json)!.AsArray().Select(row => (row!["p"]!.GetValue<Guid>(), row["s"]!.GetValue<int>() == 1))];
    }

    private async Task SendAsync(string action, string who, int second)
    {
        var answer = await _host.PostAsync(
            new JsonObject
            {
                ["event"] = "audience_" + action,
                ["event_id"] = $"{action} {who}",
                ["audience_key"] = _options.Audiences[0].Key,
                ["occurred_at"] = _host.Clock.GetUtcNow().AddMinutes(-10).AddSeconds(second).ToString("O"),
                ["person"] = new JsonObject { ["customer_id"] = who },
            }.ToJsonString()
        );
        answer.Status.ShouldBe(200, answer.Text);
    }

    private sealed class Collector : ISubscription
    {
        private readonly List<long> _positions = [];

        public List<long> Positions
        {
            get
            {
                lock (_positions)
                {
                    return [.. _positions];
                }
            }
        }

        public Task<IChangeListener> ProcessEventsAsync(
            EventRange page,
            ISubscriptionController controller,
            IDocumentOperations operations,
            CancellationToken cancellationToken
        )
        {
            lock (_positions)
            {
                _positions.AddRange(page.Events.Select(stored => stored.Sequence));
            }

            return Task.FromResult<IChangeListener>(NullChangeListener.Instance);
        }
    }
}
