using System.Globalization;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Host.Tests.Holding;

public sealed class GuardPageTests
{
    [Fact]
    public void The_page_of_limits_has_the_figures_of_the_guard()
    {
        var page = File.ReadAllText(Path.Combine(RepositoryRoot.Find(), "docs", "LIMITS.md"));
        foreach (
            var (name, value) in new[]
            {
                (nameof(RemovalGuard.FreeRemovals), RemovalGuard.FreeRemovals),
                (nameof(RemovalGuard.MaxRemovals), RemovalGuard.MaxRemovals),
                (nameof(RemovalGuard.MaxPercent), RemovalGuard.MaxPercent),
                (nameof(RemovalGuard.ApprovalHours), RemovalGuard.ApprovalHours),
            }
        )
        {
            page.ShouldContain($"| {value.ToString("N0", CultureInfo.InvariantCulture)} | `RemovalGuard.{name}` |");
        }
    }
}
