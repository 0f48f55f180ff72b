using AudienceSync.CodeRules.Sources;

namespace AudienceSync.CodeRules.References;

/// <summary>Who may know whom (design section 4): Domain, then Connectors, then Host; Sandbox none of them; nobody the tests.</summary>
public sealed class ReferenceTests
{
    [Fact]
    public void Domain_references_only_libphonenumber_and_no_project()
    {
        var project = Places.Project("Domain");
        Places.Items(project, "PackageReference").ShouldBe(["libphonenumber-csharp"]);
        foreach (var kind in new[] { "ProjectReference", "FrameworkReference", "Reference" })
        {
            Places.Items(project, kind).ShouldBeEmpty(kind);
        }

        project.Attribute("Sdk")!.Value.ShouldBe("Microsoft.NET.Sdk");
    }

    [Fact]
    public void Domain_is_compiled_against_the_base_library_and_libphonenumber_alone()
    {
        var baseLibrary = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        Places.AssemblyReferences("Domain").Where(name => !File.Exists(Path.Combine(baseLibrary, name + ".dll"))).ShouldBe(["PhoneNumbers"]);
    }

    [Fact]
    public void Connectors_reference_Domain_only_and_neither_the_database_nor_the_web()
    {
        var project = Places.Project("Connectors");
        Places.Items(project, "ProjectReference").ShouldBe(["../AudienceSync.Domain/AudienceSync.Domain.csproj"]);
        Places.Items(project, "FrameworkReference").ShouldBeEmpty();
        project.Attribute("Sdk")!.Value.ShouldBe("Microsoft.NET.Sdk");
        Places.AssemblyReferences("Connectors").Where(IsForbiddenToConnectors).ShouldBeEmpty();
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
        Places.Items(Places.Project("Sandbox"), "ProjectReference").ShouldBeEmpty();
        Places.AssemblyReferences("Sandbox").Where(name => name.StartsWith("AudienceSync", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void Sandbox_does_not_compile_our_files_as_its_own()
    {
        foreach (var path in Places.SourceProjects)
        {
            var files = Places.Items(System.Xml.Linq.XElement.Parse(Repository.Read(path)), "Compile");
            files.Where(f => f.Contains("..", StringComparison.Ordinal)).ShouldBeEmpty(path);
        }
    }

    [Fact]
    public void Nothing_in_src_references_tests()
    {
        foreach (var path in Places.SourceProjects)
        {
            var project = System.Xml.Linq.XElement.Parse(Repository.Read(path));
            Places.Items(project, "ProjectReference").Where(p => p.Contains("tests/", StringComparison.OrdinalIgnoreCase)).ShouldBeEmpty(path);
            Places.Items(project, "PackageReference").Where(IsForTests).ShouldBeEmpty(path);
        }

        foreach (var place in new[] { "Domain", "Connectors", "Host", "Sandbox" })
        {
            Places.AssemblyReferences(place).Where(IsForTests).ShouldBeEmpty(place);
        }
    }

    [Fact]
    public void Every_project_of_src_is_a_room_of_the_design() =>
        Places.SourceProjects.Select(Path.GetFileNameWithoutExtension).ShouldBe(
            ["AudienceSync.Connectors", "AudienceSync.Domain", "AudienceSync.Host", "AudienceSync.Sandbox"], ignoreOrder: true);

    private static bool IsForbiddenToConnectors(string name) =>
        name.StartsWith("Npgsql", StringComparison.Ordinal)
        || name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
        || (name.StartsWith("AudienceSync", StringComparison.Ordinal) && !string.Equals(name, "AudienceSync.Domain", StringComparison.Ordinal));

    private static bool IsForTests(string name) =>
        name.Contains("Tests", StringComparison.Ordinal)
        || name.StartsWith("xunit", StringComparison.OrdinalIgnoreCase)
        || name is "Shouldly" or "NSubstitute" or "FsCheck" or "Microsoft.NET.Test.Sdk" or "Microsoft.AspNetCore.TestHost"
        || name is "AudienceSync.Bench" or "AudienceSync.Shop" or "AudienceSync.CodeRules";
}
