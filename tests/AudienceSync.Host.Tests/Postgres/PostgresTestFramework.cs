using System.Reflection;
using AudienceSync.Host.Tests.Postgres;
using Xunit.Abstractions;
using Xunit.Sdk;

[assembly: TestFramework("AudienceSync.Host.Tests.Postgres.PostgresTestFramework", "AudienceSync.Host.Tests")]

namespace AudienceSync.Host.Tests.Postgres;

/// <summary>
/// xunit as it is, with one thing done after the last test: stopping the shared PostgreSQL. An exit handler of the process
/// would come too late, since the runner kills a process that takes more than 100 ms to end.
/// </summary>
public sealed class PostgresTestFramework(IMessageSink messages) : XunitTestFramework(messages)
{
    protected override ITestFrameworkExecutor CreateExecutor(AssemblyName assemblyName) =>
        new Executor(assemblyName, SourceInformationProvider, DiagnosticMessageSink);

    private sealed class Executor(AssemblyName name, ISourceInformationProvider sources, IMessageSink messages)
        : XunitTestFrameworkExecutor(name, sources, messages)
    {
        protected override async void RunTestCases(
            IEnumerable<IXunitTestCase> testCases,
            IMessageSink executionMessageSink,
            ITestFrameworkExecutionOptions executionOptions
        )
        {
            using var runner = new Runner(TestAssembly, testCases, DiagnosticMessageSink, executionMessageSink, executionOptions);
            await runner.RunAsync();
        }
    }

    private sealed class Runner(
        ITestAssembly assembly,
        IEnumerable<IXunitTestCase> cases,
        IMessageSink diagnostics,
        IMessageSink execution,
        ITestFrameworkExecutionOptions options
    ) : XunitTestAssemblyRunner(assembly, cases, diagnostics, execution, options)
    {
        protected override async Task BeforeTestAssemblyFinishedAsync()
        {
            await base.BeforeTestAssemblyFinishedAsync();
            await PostgresCluster.StopAsync();
        }
    }
}
