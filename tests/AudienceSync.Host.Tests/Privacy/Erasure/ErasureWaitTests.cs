using AudienceSync.Domain;
using AudienceSync.Domain.Events;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Tests.People;
using AudienceSync.Host.Tests.Projecting;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.Privacy.Erasure;

/// <summary>What a receipt waits for, in addition to the person's own rows in the ledger.</summary>
public sealed class ErasureWaitTests : IAsyncLifetime
{
    private static readonly Name Gone = new(0, "gone");
    private static readonly Feed Main = HistoryStage.Feeds[0];

    private TestWorkspace _workspace = null!;
    private ProjectionStage _projection = null!;
    private HistoryStage _stage = null!;

    public async Task InitializeAsync()
    {
        _workspace = await TestWorkspace.CreateAsync(null, null);
        _projection = new ProjectionStage(_workspace);
        _stage = new HistoryStage(_workspace, membersPerCall: 10);
        await _stage.OpenAsync(consentRequired: false);
    }

    public async Task DisposeAsync()
    {
        _stage.Dispose();
        _projection.Dispose();
        await _workspace.DisposeAsync();
    }

    [Fact]
    public async Task No_receipt_is_written_while_an_erased_address_is_on_a_list_for_its_earlier_owner()
    {
        await SendEventAsync(_workspace.Webhooks.Add("stays adds", TestWorkspace.Start, "stays", "own@example.com", "shared"));
        await _stage.SettleAsync();
        _stage.Lists(Main).Held(Main.Remote).Order(StringComparer.Ordinal).ShouldBe(["own@example.com", "shared"]);

        // The address now belongs to a person who was never in an audience; the account has not processed the other person yet.
        var later = TestWorkspace.Start.AddMinutes(1);
        await SendEventAsync(
            _workspace.Webhooks.Event("gone claims", new PersonConsentChanged(later, "test", default), later, "gone", phone: "shared")
        );
        var erasure = (await _stage.RequestErasureAsync([Gone])).ShouldNotBeNull();
        await _projection.ProjectAsync();
        (await _stage.TryCompleteAsync(erasure)).ShouldBeFalse("the erased person's address is on a list");

        await _stage.SettleAsync();
        _stage.Lists(Main).Held(Main.Remote).ShouldBe(["own@example.com"]);
        (await _stage.TryCompleteAsync(erasure)).ShouldBeTrue();
        var digest = _workspace.Webhooks.Alias(Domain.Identity.IdentifierKind.Phone, "shared").Digest.Value;
        (await _workspace.AskAsync<long>($"select count(*) from vault where phone = '{digest}'")).ShouldBe(
            0,
            "no digest of the erased person is left in rows of others"
        );
        (await _workspace.AskAsync<long>("select count(*) from vault")).ShouldBe(2, "the other person's revisions are kept");
    }

    [Fact]
    public async Task No_receipt_is_written_before_the_job_that_removes_the_person_has_ended()
    {
        await SendEventAsync(_workspace.Webhooks.Add("gone adds", TestWorkspace.Start, "gone", "gone@example.com"));
        await _stage.SettleAsync();
        var erasure = (await _stage.RequestErasureAsync([Gone])).ShouldNotBeNull();
        await _projection.ProjectAsync();
        await _stage.SettleAsync();
        _stage.Lists(Main).Held(Main.Remote).ShouldBeEmpty();

        await _workspace.ExecuteAsync("update ledger set job_id = 1, job_row = 0");
        (await _stage.TryCompleteAsync(erasure)).ShouldBeFalse("accepted is not confirmed");

        await _workspace.ExecuteAsync("update ledger set job_id = null, job_row = null");
        (await _stage.TryCompleteAsync(erasure)).ShouldBeTrue();
    }

    private async Task SendEventAsync(PendingEvent sent)
    {
        var log = _workspace.OpenLog();
        await log.AppendAsync([TestWebhooks.Request(sent)], default);
        await _projection.ProjectAsync();
    }
}
