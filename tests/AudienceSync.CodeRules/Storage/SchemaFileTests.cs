using System.Globalization;
using System.Text.RegularExpressions;
using AudienceSync.CodeRules.Sources;

namespace AudienceSync.CodeRules.Storage;

/// <summary>
/// The files of the schemas are applied in the order of their names, once. Two with one number would be applied in an order that nobody
/// chose, and one that is added with a number in between would be applied after its successors where those are applied already.
/// </summary>
public sealed partial class SchemaFileTests
{
    [Theory]
    [InlineData("Global")]
    [InlineData("Workspace")]
    public void Schema_files_are_numbered_without_gaps_and_begin_with_the_reason_for_which_they_exist(string folder)
    {
        var path = $"src/AudienceSync.Host/EventStore/Schema/{folder}";
        var files = Repository.Files.Where(file => Repository.IsIn(file, path)).ToList();

        files.Select(file => file[(path.Length + 1)..]).Where(name => !Name().IsMatch(name)).ShouldBeEmpty();
        files
            .Select(file => file.Substring(path.Length + 1, 4))
            .ShouldBe(Enumerable.Range(1, files.Count).Select(number => number.ToString("0000", CultureInfo.InvariantCulture)));
        files.Where(file => !Repository.Read(file).StartsWith("-- ", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [GeneratedRegex("^[0-9]{4}_[a-z_]+\\.sql$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();
}
