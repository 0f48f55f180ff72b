using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Privacy.Erasure;

/// <summary>An erasure waits for the platforms. At its end, more can be destroyed than was known when it was requested.</summary>
public sealed class LateIdentifierTests : IAsyncLifetime
{
    private const string Late = "late.address@example.com";

    private readonly OffsetClock _clock = new(Sample.Now);
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync(new TestHostOptions { Clock = _clock });

    public async Task DisposeAsync() => await _host.DisposeAsync();

    /// <summary>
    /// Events that name the person are refused in the meantime, but CLI commands and Hosts of another version also write identifiers (for
    /// example another form of the same number). An identifier that points at the person when the erasure ends is refused from then on,
    /// like the others.
    /// </summary>
    [Fact]
    public async Task An_identifier_that_came_to_the_person_after_the_request_is_refused_after_the_end()
    {
        (await _host.SendEventAsync("gone", "gone@example.com")).Status.ShouldBe(200);
        (await _host.SendEventAsync(null, Late, key: ErasureActions.SecondKey, word: "audience_remove")).Status.ShouldBe(200);
        await _host.WaitUntilQuietAsync(meanwhile: Later);
        await _host.Sandbox.FaultAsync(
            new
            {
                kind = "server_error",
                operation = "remove",
                probability = 1.0,
            }
        );
        var erasure = (await _host.EraseAsync(new { customer_id = "gone" })).Id();
        var before = await TombstonesAsync();

        (
            await _host.ScalarAsync<long>(
                """
                with known as (select anchor from person_aliases where kind = 1 and anchor is not null),
                     moved as (update person_aliases a set owner = known.anchor, anchor = null from known
                               where a.kind = 2 and a.anchor is not null
                                 and not exists (select from vault v where v.person = known.anchor and v.email = a.digest)
                               returning 1)
                select count(*) from moved
                """
            )
        ).ShouldBe(1, "only the late address");
        (await _host.Sandbox.Admin.DeleteAsync("/admin/faults")).IsSuccessStatusCode.ShouldBeTrue();
        var receipt = await _host.ErasedAsync(erasure, Later);

        (await TombstonesAsync()).ShouldBe(before + 1);
        receipt.GetProperty("identifiers").GetInt64().ShouldBe(before + 1);
        (await _host.SendEventAsync(null, Late)).Code.ShouldBe("person_erased");
        (await _host.SendEventAsync("somebody else", Late)).Code.ShouldBe("person_erased");
    }

    private void Later() => _clock.Advance(TimeSpan.FromSeconds(30));

    private Task<long> TombstonesAsync() => _host.ScalarAsync<long>("select count(*) from tombstones");
}
