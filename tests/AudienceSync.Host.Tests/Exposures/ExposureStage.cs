using AudienceSync.Host.Audiences;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Exposures;
using AudienceSync.Host.Exposures.Projecting;
using AudienceSync.Host.Tests.Workspaces;
using Microsoft.Extensions.Logging.Abstractions;

namespace AudienceSync.Host.Tests.Exposures;

/// <summary>Projectors of the exposure log over a workspace without a Host.</summary>
internal sealed class ExposureStage(TestWorkspace workspace)
{
    public const string Destination = "shop_meta";

    /// <summary>A projector of a process of its own, which continues from what is stored.</summary>
    public ExposurePages Pages(int rows) =>
        new(
            new ExposureStateQueries(workspace.Database),
            new DeliveryPageQueries(workspace.Database),
            new ExposurePageStore(workspace.Database, workspace.Clock),
            new ExposureAssignmentStore(workspace.Database),
            new ExperimentStore(workspace.Database),
            workspace.Keys,
            workspace.Clock,
            Guid.NewGuid
        )
        {
            PageRows = rows,
        };

    public LeaseStore Leases(string owner) => new(workspace.Database, owner);

    public async Task<Lease> ClaimAsync(string owner)
    {
        var lease = await Leases(owner).TryClaimAsync(ExposureProjector.LeaseName, default);
        return lease.ShouldNotBeNull();
    }

    /// <summary>One round of a projector.</summary>
    public async Task RoundAsync(Lease lease, int rows = 2_000, byte[]? linkKey = null)
    {
        var pages = Pages(rows);
        await pages.OpenAsync(default);
        var plan = new ExposurePlan(IsOn: true, linkKey, [Destination]);
        await new ExposureProjector(
            plan,
            pages,
            new ExposureLinks(plan, new ExposureLinkStore(workspace.Database, workspace.Vault)),
            Leases("host"),
            workspace.Clock,
            NullLogger<ExposureProjector>.Instance
        ).RoundAsync(lease, default);
    }

    /// <summary>As many rounds as there are pages, each by a process that is killed after its page.</summary>
    public async Task PagesOneByOneAsync(Lease lease, Func<int> rows)
    {
        var more = true;
        for (var page = 0; more; page++)
        {
            page.ShouldBeLessThan(10_000, "the projector made no progress");
            var pages = Pages(rows());
            await pages.OpenAsync(default);
            var end = await pages.EndOfAsync(Destination, default);
            more =
                await pages.LogAsync(lease, default)
                || await pages.ExpireAsync(lease, default)
                || await pages.DeliveriesAsync(lease, Destination, end, default);
        }
    }
}
