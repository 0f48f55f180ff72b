using AudienceSync.CodeRules.Sources;

namespace AudienceSync.CodeRules.Storage;

public sealed class SqlPlacementTests
{
    private const string EventStore = "src/AudienceSync.Host/EventStore";

    private static readonly string[] Endings = ["Store.cs", "Queries.cs", "Sql.cs"];

    /// <summary>Whether a file may have SQL and use Npgsql.</summary>
    public static bool IsPlace(string path) =>
        Repository.IsIn(path, EventStore)
        || (Repository.IsIn(path, "src/AudienceSync.Host") && Endings.Any(ending => path.EndsWith(ending, StringComparison.Ordinal)));

    [Fact]
    public void Sql_is_written_only_in_stores_and_in_tests() =>
        Repository.CSharp.Where(f => Repository.IsIn(f.Path, "src") && !IsPlace(f.Path)).SelectMany(SqlText.In).ShouldBeEmpty();

    [Theory]
    [InlineData("""var a = "select id from people";""")]
    [InlineData("""var a = "SELECT id " + "FROM people";""")]
    [InlineData("""var a = $"select id from {table} where x";""")]
    [InlineData("var a = @\"insert\n into people values\";")]
    [InlineData("var a = \"\"\"\n    with x as (\n      delete from people)\n    \"\"\";")]
    [InlineData("""var a = "update people p set name = 1"u8;""")]
    [InlineData("""var a = $"update {table} set name = 1";""")]
    public void Sql_is_found_however_it_is_written(string code) => SqlText.In(new SourceFile("x.cs", code)).ShouldHaveSingleItem();

    [Theory]
    [InlineData("""// select id from people""")]
    [InlineData("""var a = people.Select(p => p.Id); var from = "from";""")]
    [InlineData("""var a = "The update is set aside."; var b = "Deleted from the list.";""")]
    public void Text_that_is_not_sql_is_accepted(string code) => SqlText.In(new SourceFile("x.cs", code)).ShouldBeEmpty();
}
