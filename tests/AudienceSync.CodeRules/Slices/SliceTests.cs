using AudienceSync.CodeRules.Sources;

namespace AudienceSync.CodeRules.Slices;

/// <summary>
/// Host consists of slices: the folders below src/AudienceSync.Host (design section 4). A slice uses only the slices that are written down
/// here, and the list has no cycle, so that each can be read after those that it uses.
/// </summary>
public sealed class SliceTests
{
    /// <summary>What each slice uses, lowest first: a slice may only name slices above it in this list.</summary>
    private static readonly (string Slice, string[] Uses)[] Matrix =
    [
        ("Telemetry", []),
        ("EventStore", ["Telemetry"]),
        ("Configuration", []),
        ("Requests", []),
        ("Access", ["Requests"]),
        ("Cli", ["Configuration", "EventStore"]),
        ("Messages", ["Cli", "EventStore", "Requests", "Telemetry"]),
        ("Privacy", ["Cli", "Configuration", "EventStore"]),
        ("Audiences", ["Cli", "Configuration", "EventStore", "Privacy", "Requests"]),
        ("Ingest", ["Access", "Audiences", "Cli", "Configuration", "EventStore", "Privacy", "Requests", "Telemetry"]),
        ("Projection", ["Audiences", "Cli", "Configuration", "EventStore", "Privacy", "Requests", "Telemetry"]),
        ("Decisions", ["Access", "Audiences", "Configuration", "EventStore", "Ingest", "Privacy", "Projection", "Requests", "Telemetry"]),
        ("Sync", ["Cli", "Configuration", "EventStore", "Privacy", "Requests", "Telemetry"]),
        ("Outcomes", ["Cli", "EventStore", "Ingest", "Privacy", "Requests"]),
        ("History", ["Audiences", "Cli", "EventStore", "Ingest", "Privacy", "Projection", "Requests"]),
        (
            "People",
            ["Access", "Cli", "Configuration", "EventStore", "History", "Ingest", "Messages", "Outcomes", "Privacy", "Requests", "Sync"]
        ),
        ("Exposures", ["Audiences", "Cli", "Configuration", "EventStore", "Privacy", "Requests"]),
        ("Feedback", ["Cli", "Configuration", "EventStore", "Messages", "Outcomes", "Privacy", "Requests", "Sync"]),
        ("Alerts", ["Cli", "Configuration", "EventStore", "Exposures", "Messages", "Requests"]),
        ("Doctor", ["Audiences", "Cli", "EventStore", "Requests"]),
        ("Maintenance", ["Configuration", "EventStore", "Ingest", "Messages", "Sync"]),
        (
            "Workspaces",
            [
                "Access",
                "Alerts",
                "Audiences",
                "Cli",
                "Configuration",
                "Decisions",
                "Doctor",
                "EventStore",
                "Exposures",
                "Feedback",
                "Ingest",
                "Maintenance",
                "Messages",
                "Outcomes",
                "People",
                "Privacy",
                "Projection",
                "Requests",
                "Sync",
                "Telemetry",
            ]
        ),
        (
            "Serving",
            [
                "Access",
                "Alerts",
                "Audiences",
                "Cli",
                "Configuration",
                "Decisions",
                "Doctor",
                "EventStore",
                "Exposures",
                "Feedback",
                "History",
                "Ingest",
                "Messages",
                "Outcomes",
                "People",
                "Privacy",
                "Projection",
                "Requests",
                "Sync",
                "Telemetry",
                "Workspaces",
            ]
        ),
    ];

    [Fact]
    public void A_slice_uses_the_slices_of_the_matrix_and_no_others() =>
        SliceUses
            .Of(Repository.CSharp)
            .Select(use => $"{use.From} -> {use.To}")
            .Distinct(StringComparer.Ordinal)
            .ShouldBe(Matrix.SelectMany(row => row.Uses.Select(used => $"{row.Slice} -> {used}")), ignoreOrder: true);

    [Fact]
    public void The_matrix_has_no_cycle()
    {
        var order = Matrix.Select(row => row.Slice).ToList();
        Matrix
            .SelectMany(row =>
                row.Uses.Where(used => order.IndexOf(used) >= order.IndexOf(row.Slice)).Select(used => $"{row.Slice} -> {used}")
            )
            .ShouldBeEmpty();
    }

    [Fact]
    public void Every_folder_of_host_is_in_the_matrix() =>
        Repository
            .CSharp.Select(file => SliceUses.SliceOf(file.Path))
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .ShouldBe(Matrix.Select(row => row.Slice), ignoreOrder: true);

    [Fact]
    public void A_namespace_is_its_folder() =>
        Repository
            .CSharp.Where(file =>
                SliceUses.SliceOf(file.Path) is not null && SliceUses.NamespaceOf(file) != SliceUses.FolderAsNamespace(file.Path)
            )
            .Select(file => file.Path)
            .ShouldBeEmpty();

    [Theory]
    [InlineData("using AudienceSync.Host.B; namespace AudienceSync.Host.A; class X { void M(Y y) { } }")]
    [InlineData("namespace AudienceSync.Host.A; class X { object M() => new B.Y(); }")]
    [InlineData("using Alias = AudienceSync.Host.B.Y; namespace AudienceSync.Host.A; class X { Alias M() => default!; }")]
    [InlineData("using AudienceSync.Host.B; namespace AudienceSync.Host.A; class X { int M() => 1.Extended(); }")]
    [InlineData("using static AudienceSync.Host.B.Y; namespace AudienceSync.Host.A; class X { int M() => Constant; }")]
    public void Every_use_is_found(string code)
    {
        SourceFile[] files =
        [
            new("src/AudienceSync.Host/A/X.cs", code),
            new(
                "src/AudienceSync.Host/B/Y.cs",
                "namespace AudienceSync.Host.B; class Y { public const int Constant = 1; } static class E { "
                    + "public static int Extended(this int n) => n; }"
            ),
        ];
        SliceUses.Of(files).Select(use => (use.From, use.To)).Distinct().ShouldBe([("A", "B")]);
    }
}
