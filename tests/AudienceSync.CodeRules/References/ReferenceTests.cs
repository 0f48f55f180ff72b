using AudienceSync.CodeRules.Sources;

namespace AudienceSync.CodeRules.References;

/// <summary>
/// Allowed references (design section 4): Domain &lt;- Connectors &lt;- Host; Sandbox references none of them, and nothing references the
/// tests.
/// </summary>
public sealed class ReferenceTests
{
    [Fact]
    public void Domain_references_only_libphonenumber_and_no_project()
    {
        var project = ProjectReferences.Project("Domain");
        ProjectReferences.Items(project, "PackageReference").ShouldBe(["libphonenumber-csharp"]);
        foreach (var kind in new[] { "ProjectReference", "FrameworkReference", "Reference" })
        {
            ProjectReferences.Items(project, kind).ShouldBeEmpty(kind);
        }

        project.Attribute("Sdk")!.Value.ShouldBe("Microsoft.NET.Sdk");
    }

    [Fact]
    public void Domain_is_compiled_against_the_base_library_and_libphonenumber_alone()
    {
        var baseLibrary = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        ProjectReferences
            .AssemblyReferences("Domain")
            .Where(name => !File.Exists(Path.Combine(baseLibrary, name + ".dll")))
            .ShouldBe(["PhoneNumbers"]);
    }

    [Fact]
    public void Connectors_reference_Domain_only_and_neither_the_database_nor_the_web()
    {
        var project = ProjectReferences.Project("Connectors");
        ProjectReferences.Items(project, "ProjectReference").ShouldBe(["../AudienceSync.Domain/AudienceSync.Domain.csproj"]);
        ProjectReferences.Items(project, "FrameworkReference").ShouldBeEmpty();
        project.Attribute("Sdk")!.Value.ShouldBe("Microsoft.NET.Sdk");
        ProjectReferences.AssemblyReferences("Connectors").Where(IsForbiddenToConnectors).ShouldBeEmpty();
    }

    [Fact]
    public void Connectors_restore_neither_the_database_nor_the_web_by_way_of_another_package()
    {
        var locked = Repository.Read("src/AudienceSync.Connectors/packages.lock.json");
        locked.ShouldNotContain("\"Npgsql");
        locked.ShouldNotContain("\"Microsoft.AspNetCore");
    }

    [Fact]
    public void Sandbox_references_none_of_ours()
    {
        ProjectReferences.Items(ProjectReferences.Project("Sandbox"), "ProjectReference").ShouldBeEmpty();
        ProjectReferences
            .AssemblyReferences("Sandbox")
            .Where(name => name.StartsWith("AudienceSync", StringComparison.Ordinal))
            .ShouldBeEmpty();
    }

    [Fact]
    public void Sandbox_does_not_compile_our_files_as_its_own()
    {
        foreach (var path in ProjectReferences.SourceProjects)
        {
            var files = ProjectReferences.Items(System.Xml.Linq.XElement.Parse(Repository.Read(path)), "Compile");
            files.Where(f => f.Contains("..", StringComparison.Ordinal)).ShouldBeEmpty(path);
        }
    }

    [Fact]
    public void Nothing_in_src_references_tests()
    {
        foreach (var path in ProjectReferences.SourceProjects)
        {
            var project = System.Xml.Linq.XElement.Parse(Repository.Read(path));
            ProjectReferences
                .Items(project, "ProjectReference")
                .Where(p => p.Contains("tests/", StringComparison.OrdinalIgnoreCase))
                .ShouldBeEmpty(path);
            ProjectReferences.Items(project, "PackageReference").Where(IsForTests).ShouldBeEmpty(path);
        }

        foreach (var place in new[] { "Domain", "Connectors", "Host", "Sandbox" })
        {
            ProjectReferences.AssemblyReferences(place).Where(IsForTests).ShouldBeEmpty(place);
        }
    }

    [Fact]
    public void Every_project_of_src_is_in_the_design() =>
        ProjectReferences
            .SourceProjects.Select(Path.GetFileNameWithoutExtension)
            .ShouldBe(["AudienceSync.Connectors", "AudienceSync.Domain", "AudienceSync.Host", "AudienceSync.Sandbox"], ignoreOrder: true);

    private static bool IsForbiddenToConnectors(string name) =>
        name.StartsWith("Npgsql", StringComparison.Ordinal)
        || name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
        || (
            name.StartsWith("AudienceSync", StringComparison.Ordinal)
            && !string.Equals(name, "AudienceSync.Domain", StringComparison.Ordinal)
        );

    private static bool IsForTests(string name) =>
        name.Contains("Tests", StringComparison.Ordinal)
        || name.StartsWith("xunit", StringComparison.OrdinalIgnoreCase)
        || name is "Shouldly" or "FsCheck" or "Microsoft.NET.Test.Sdk" or "Microsoft.AspNetCore.TestHost"
        || name is "AudienceSync.Bench" or "AudienceSync.Shop" or "AudienceSync.CodeRules";
}
