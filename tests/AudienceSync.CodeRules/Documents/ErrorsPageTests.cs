using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using AudienceSync.CodeRules.Sources;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.EventStore.Embedded;
using AudienceSync.Host.Ingest;
using AudienceSync.Host.Ingest.Quarantine;
using AudienceSync.Host.Ingest.Reading;
using AudienceSync.Host.People;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AudienceSync.CodeRules.Documents;

/// <summary>docs/errors.md and the sources name the same codes.</summary>
public sealed class ErrorsPageTests
{
    private const string Host = "src/AudienceSync.Host";

    [Fact]
    public void The_page_has_the_codes_of_the_sources()
    {
        Codes("Webhooks: refusals").ShouldBe(IngestProblem.All.Select(p => p.Code), ignoreOrder: true);
        Codes("Webhooks: quarantine")
            .ShouldBe(Constants<QuarantineReason>(f => ((QuarantineReason)f.GetValue(null)!).Code), ignoreOrder: true);
        Codes("Webhooks: warnings").ShouldBe(WarningCodes.All.Append(WarningCodes.IdReused), ignoreOrder: true);
        Codes("Queries and operations")
            .ShouldBe(Found($"{Host}/Requests/QueryProblem.cs", @"Of\(\s*\d{3},\s*""(?<code>[a-z_]+)"""), ignoreOrder: true);
        Codes("Suppression lists")
            .ShouldBe(Constants<SuppressionList>(f => f.GetValue(null) as string, BindingFlags.NonPublic), ignoreOrder: true);
        Codes("Audiences")
            .ShouldBe(Found("src/AudienceSync.Domain/Audiences/AudienceRefusal.cs", @"new\(\s*""(?<code>[a-z_]+)"""), ignoreOrder: true);
        Codes("Start").ShouldBe(SetupCodes().Concat(PrintedCodes()).Distinct(StringComparer.Ordinal), ignoreOrder: true);
        Codes("Embedded PostgreSQL").ShouldBe(Constants<EmbeddedPostgresException>(f => (string)f.GetValue(null)!), ignoreOrder: true);
    }

    [Fact]
    public void Every_problem_of_a_webhook_is_in_the_list()
    {
        Constants<IngestProblem>(f => f.GetValue(null) is IngestProblem problem ? problem.Code : null)
            .ShouldBe(IngestProblem.All.Select(p => p.Code), ignoreOrder: true);
    }

    [Fact]
    public void A_refusal_has_the_status_of_the_sources_and_states_whether_a_retry_helps()
    {
        var rows = Rows("Webhooks: refusals").ToDictionary(cells => cells[0].Trim('`'), StringComparer.Ordinal);
        foreach (var problem in IngestProblem.All)
        {
            rows[problem.Code][1].ShouldBe(problem.Status.ToString(CultureInfo.InvariantCulture), problem.Code);
            rows[problem.Code][4].ShouldBe(problem.Retryable ? "yes" : "no", problem.Code);
        }
    }

    private static IEnumerable<string> Codes(string section) => Rows(section).Select(cells => cells[0].Trim('`'));

    /// <summary>The cells of the rows below a heading that begin with a code.</summary>
    private static IEnumerable<string[]> Rows(string section) =>
        Repository
            .Read("docs/errors.md")
            .Split('\n')
            .SkipWhile(line => line != "## " + section)
            .Skip(1)
            .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1..^1]);

    private static IEnumerable<string> Constants<T>(Func<FieldInfo, string?> code, BindingFlags more = BindingFlags.Default) =>
        typeof(T)
            .GetFields(BindingFlags.Public | BindingFlags.Static | more)
            .Where(field => field.IsLiteral || field.IsInitOnly)
            .Select(code)
            .OfType<string>();

    [Fact]
    public void Every_code_of_a_list_is_one_of_its_constants_or_of_the_reader_of_persons()
    {
        // A literal as a code would be missing in the page, and in the test above.
        Found($"{Host}/People/SuppressionList.cs", @"ListedIdentifier\([^;]*""(?<code>[a-z_]+)""").ShouldBeEmpty();
        Found($"{Host}/People/PermissionWriter.cs", @"RefusedLine\([^;]*""(?<code>[a-z_]+)""").ShouldBeEmpty();
        Enum.GetValues<IdentifierFault>()
            .Where(fault => fault != IdentifierFault.None)
            .Select(fault => fault.Code())
            .Except(Codes("Webhooks: warnings"))
            .ShouldBeEmpty();
    }

    /// <summary>The first argument of every SetupException that is created.</summary>
    private static IEnumerable<string> SetupCodes() =>
        Repository
            .CSharp.Where(f => Repository.IsIn(f.Path, Host))
            .SelectMany(f => f.Syntax.DescendantNodes().OfType<BaseObjectCreationExpressionSyntax>())
            .Where(IsSetup)
            .Select(made => made.ArgumentList?.Arguments.FirstOrDefault()?.Expression)
            .OfType<LiteralExpressionSyntax>()
            .Select(literal => literal.Token.ValueText);

    private static bool IsSetup(BaseObjectCreationExpressionSyntax made) =>
        made is ObjectCreationExpressionSyntax { Type: var type }
            ? type.ToString() == "SetupException"
            : made.FirstAncestorOrSelf<MethodDeclarationSyntax>()?.ReturnType.ToString() == "SetupException";

    /// <summary>Codes that the verbs print themselves: <c>"port_taken: text"</c>.</summary>
    private static IEnumerable<string> PrintedCodes() =>
        Repository.Files.Where(IsVerb).SelectMany(f => Found(f, @"""(audiencesync: )?(?<code>[a-z]+(_[a-z]+)+): "));

    private static bool IsVerb(string path) =>
        Repository.IsIn(path, Host)
        && (
            path.Contains("/Cli/", StringComparison.Ordinal)
            || path.Contains("/Verbs/", StringComparison.Ordinal)
            || path.Contains("/Serving/", StringComparison.Ordinal)
        );

    private static IEnumerable<string> Found(string file, string pattern) =>
        Regex
            .Matches(Repository.Read(file), pattern, RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))
            .Select(match => match.Groups["code"].Value);
}
